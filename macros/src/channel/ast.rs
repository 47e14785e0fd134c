//! What `#[channel]` was written on.

use proc_macro2::TokenStream;
use syn::{Attribute, FnArg, Generics, Ident, ImplItem, ImplItemFn, LitStr, PatType, Path, Type};

use crate::{block::callback::Callback, language::options::Options};

/// The arguments of `#[channel(..)]`, and the item.
pub(crate) struct Declaration {
    pub(crate) setup: Setup,
    /// The item that the attribute is on.
    pub(crate) item: TokenStream,
    /// `None` if `item` is something else, which has been reported.
    pub(crate) channel: Option<Channel>,
}

/// `#[channel(Socket, shutdown = .., crate = path)]`.
pub(crate) struct Setup {
    pub(crate) krate: Option<Path>,
    /// `None` if it is missing, which has been reported.
    pub(crate) socket: Option<Type>,
    pub(crate) options: Options,
    /// A name that is no option: what somebody is typing.
    pub(crate) typed: Vec<Ident>,
}

/// `impl Type { .. }`.
pub(crate) struct Channel {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) generics: Generics,
    pub(crate) self_ty: Type,
    /// The names of our attributes.
    pub(crate) marks: Vec<Ident>,
    pub(crate) callbacks: Vec<Method>,
    pub(crate) handlers: Vec<Handler>,
    /// Methods that are neither callbacks nor handlers.
    pub(crate) helpers: Vec<ImplItemFn>,
    /// Items that are not methods.
    pub(crate) others: Vec<ImplItem>,
}

/// A callback as written, without our attributes.
pub(crate) struct Method {
    pub(crate) callback: &'static Callback,
    pub(crate) item: ImplItemFn,
    /// One for each argument, the receiver included.
    pub(crate) sources: Vec<Source>,
}

/// Where an argument comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// `#[rest]`: what `*` stands for.
    Rest,
    /// `#[topic]`
    Topic,
    /// `#[payload]`
    Payload,
    /// `#[assigns]`
    Assigns,
    /// `#[state]`
    State,
    /// By its type.
    Type,
}

/// A method with `#[handle_in("event")]` or `#[handle_out("event")]`.
pub(crate) struct Handler {
    /// Empty only if the attribute is wrong, which has been reported.
    pub(crate) events: Vec<(Direction, LitStr)>,
    /// Without our attributes.
    pub(crate) item: ImplItemFn,
    /// One for each argument, the receiver included.
    pub(crate) sources: Vec<Source>,
}

/// The direction of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the client.
    In,
    /// From a broadcast to the client.
    Out,
}

impl Channel {
    pub(crate) fn callbacks<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Method> {
        self.callbacks
            .iter()
            .filter(move |method| method.callback.name == name)
    }

    /// The functions of a callback: more than one if `#[cfg]` chooses.
    pub(crate) fn items<'a>(&'a self, name: &'a str) -> Vec<&'a ImplItemFn> {
        self.callbacks(name).map(|method| &method.item).collect()
    }

    /// All methods.
    pub(crate) fn methods(&self) -> impl Iterator<Item = &ImplItemFn> {
        self.called().chain(&self.helpers)
    }

    /// The methods that the contract's methods call.
    pub(crate) fn called(&self) -> impl Iterator<Item = &ImplItemFn> {
        let callbacks = self.callbacks.iter().map(|method| &method.item);
        callbacks.chain(self.handlers.iter().map(|handler| &handler.item))
    }
}

impl Method {
    /// The arguments besides the receiver, and where they come from.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = (&PatType, Source)> {
        arguments(&self.item, &self.sources)
    }
}

fn arguments<'a>(
    item: &'a ImplItemFn,
    sources: &'a [Source],
) -> impl Iterator<Item = (&'a PatType, Source)> {
    item.sig
        .inputs
        .iter()
        .zip(sources.iter().copied())
        .filter_map(|(input, source)| match input {
            FnArg::Typed(argument) => Some((argument, source)),
            FnArg::Receiver(_) => None,
        })
}

impl Handler {
    /// The arguments besides the receiver, and where they come from.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = (&PatType, Source)> {
        arguments(&self.item, &self.sources)
    }

    pub(crate) fn events(&self, direction: Direction) -> impl Iterator<Item = &LitStr> {
        self.events
            .iter()
            .filter(move |(way, _)| *way == direction)
            .map(|(_, event)| event)
    }
}

impl Direction {
    pub(crate) const ALL: [Direction; 2] = [Direction::In, Direction::Out];

    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Direction::In => "handle_in",
            Direction::Out => "handle_out",
        }
    }
}
