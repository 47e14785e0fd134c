//! Turns a declaration into constants, types and functions of `Channel`.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ImplItemFn, PatType, Path, Type, spanned::Spanned};

use super::{
    argument::{is_extractor, is_str},
    ast::{Channel, Declaration, Direction, Setup, Source},
    functions::{handle_in, handle_in_now, handle_info, handle_out, join, terminate, told},
};
use crate::{
    block::{
        callback::last_segment,
        info,
        state::{self, Part},
    },
    language::{
        attributes::{cfgs, is_conditional},
        key::Phase,
        options::Entry,
    },
    value::lower,
};

/// A channel whose callbacks and handlers are functions of `Channel`.
pub(crate) struct Lowered<'a> {
    pub(crate) channel: &'a Channel,
    pub(crate) socket: &'a Type,
    pub(crate) krate: Option<&'a Path>,
    /// `type Info = ..;`
    pub(crate) info: TokenStream,
    /// `type State = ..;`
    pub(crate) state: TokenStream,
    /// Items that `state` refers to, for parts under `#[cfg]`.
    pub(crate) conditional: TokenStream,
    /// `const INTERCEPT: .. = ..;`
    pub(crate) intercept: Option<TokenStream>,
    /// `const NEEDS_REST: .. = ..;`
    pub(crate) needs_rest: Option<TokenStream>,
    /// `const HAS_JOINED: .. = ..;`
    pub(crate) has_joined: Option<TokenStream>,
    /// `const SHUTDOWN: .. = ..;`
    pub(crate) shutdown: Option<TokenStream>,
    /// `const ON_GAP: .. = ..;`
    pub(crate) on_gap: Option<TokenStream>,
    /// The constants of `log_join` and `log_handle_in`.
    pub(crate) logs: Vec<TokenStream>,
    /// The functions of the contract. Each calls the user's method.
    pub(crate) functions: Vec<TokenStream>,
}

/// `None` without a block or a socket, which has been reported.
pub(crate) fn declaration(declaration: &Declaration) -> Option<Lowered<'_>> {
    let Declaration { setup, channel, .. } = declaration;
    let (channel, socket) = (channel.as_ref()?, setup.socket.as_ref()?);
    let (state, conditional) = state::state_type(
        &parts(channel),
        &channel.attrs,
        &channel.generics,
        &channel.self_ty,
    );
    let mut functions: Vec<_> = channel.callbacks("join").map(join).collect();
    functions.extend(handle_in_now(channel));
    functions.push(handle_in(channel));
    functions.extend(channel.callbacks("joined").map(told));
    functions.extend(channel.callbacks("handle_gap").map(told));
    functions.extend(channel.callbacks("handle_info").map(handle_info));
    functions.extend(handle_out(channel));
    functions.extend(channel.callbacks("terminate").map(terminate));
    Some(Lowered {
        channel,
        socket,
        krate: setup.krate.as_ref(),
        info: info(&channel.items("handle_info")),
        state,
        conditional,
        intercept: intercept(channel),
        needs_rest: needs_rest(channel),
        has_joined: has_joined(channel),
        shutdown: setup.options.get("shutdown").and_then(shutdown),
        on_gap: setup.options.get("on_gap").and_then(on_gap),
        logs: logs(setup),
        functions,
    })
}

fn shutdown(entry: &Entry) -> Option<TokenStream> {
    let value = lower::value_of(entry.key, entry.expr()?, Phase::Compile);
    let name = Ident::new("SHUTDOWN", entry.name.span());
    Some(quote!(const #name: __rt::Timeout = #value;))
}

fn on_gap(entry: &Entry) -> Option<TokenStream> {
    let value = lower::value_of(entry.key, entry.expr()?, Phase::Compile);
    let name = Ident::new("ON_GAP", entry.name.span());
    Some(quote!(const #name: __rt::channel::OnGap = #value;))
}

fn logs(setup: &Setup) -> Vec<TokenStream> {
    let keys = [
        ("log_join", "LOG_JOIN", "JoinLevel"),
        ("log_handle_in", "LOG_HANDLE_IN", "HandleInLevel"),
    ];
    let constant = |(key, name, choice): (&str, &str, &str)| {
        let entry = setup.options.get(key)?;
        let value = lower::value_of(entry.key, entry.expr()?, Phase::Compile);
        let (name, choice) = (
            Ident::new(name, entry.name.span()),
            Ident::new(choice, entry.name.span()),
        );
        Some(quote!(const #name: __rt::Log<__rt::channel::#choice> = #value;))
    };
    keys.into_iter().filter_map(constant).collect()
}

fn intercept(channel: &Channel) -> Option<TokenStream> {
    let events: Vec<_> = channel
        .handlers
        .iter()
        .flat_map(|handler| {
            handler.events(Direction::Out).map(|event| {
                let cfgs = cfgs(&handler.item.attrs);
                quote!(#(#cfgs)* #event)
            })
        })
        .collect();
    (!events.is_empty()).then(
        || quote!(const INTERCEPT: &'static [&'static ::core::primitive::str] = &[#(#events),*];),
    )
}

/// A text may be empty. Every other type is parsed, and needs a `*`.
fn needs_rest(channel: &Channel) -> Option<TokenStream> {
    let is_text =
        |ty: &Type| is_str(ty) || last_segment(ty).is_some_and(|last| last.ident == "String");
    let mut joins = channel
        .callbacks("join")
        .filter(|method| !is_conditional(&method.item.attrs));
    let needs = joins.any(|method| {
        method.arguments().any(|(argument, source)| {
            source == Source::Rest && !is_conditional(&argument.attrs) && !is_text(&argument.ty)
        })
    });
    needs.then(|| {
        quote!(
            const NEEDS_REST: ::core::primitive::bool = true;
        )
    })
}

/// `false` without `joined`. A `joined` under `#[cfg]` counts: the default of the trait is called
/// where it is left out.
fn has_joined(channel: &Channel) -> Option<TokenStream> {
    let none = channel.callbacks("joined").next().is_none();
    none.then(|| {
        quote!(
            const HAS_JOINED: ::core::primitive::bool = false;
        )
    })
}

/// What the callbacks take of the application's state.
fn parts(channel: &Channel) -> Vec<Part<'_>> {
    let callbacks = channel.callbacks.iter().flat_map(|method| {
        method
            .arguments()
            .filter_map(|(argument, source)| part(&method.item, argument, source))
    });
    let handlers = channel.handlers.iter().flat_map(|handler| {
        let states = handler
            .arguments()
            .filter(|(_, source)| *source == Source::State);
        states.filter_map(|(argument, source)| part(&handler.item, argument, source))
    });
    callbacks.chain(handlers).collect()
}

fn part<'a>(item: &'a ImplItemFn, argument: &'a PatType, source: Source) -> Option<Part<'a>> {
    let PatType { attrs, ty, .. } = argument;
    match source {
        Source::State => Some(Part::needs(&item.attrs, attrs, ty)),
        Source::Type if item.sig.ident == "join" && is_extractor(ty) => {
            let at = ty.span();
            let need =
                quote_spanned!(at=> __rt::By<#ty, <#ty as __rt::channel::FromJoin<Self>>::State>);
            Some(Part::of(&item.attrs, attrs, need, ty))
        }
        _ => None,
    }
}
