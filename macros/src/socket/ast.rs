//! What `#[socket]` was written on.

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, Generics, Ident, ImplItem, ImplItemFn, LitStr, Pat, Path, Type};

use super::callback;
use crate::{block::callback::Callback, language::options::Options};

/// The arguments of `#[socket(..)]`, and the item.
pub(crate) struct Declaration {
    pub(crate) setup: Setup,
    /// The item that the attribute is on.
    pub(crate) item: TokenStream,
    /// `None` if `item` is something else, which has been reported.
    pub(crate) socket: Option<Socket>,
}

/// `#[socket(crate = path, channel(..), websocket(..), ..)]`.
pub(crate) struct Setup {
    pub(crate) krate: Option<Path>,
    pub(crate) options: Options,
    /// Names that are no options: what somebody is typing.
    pub(crate) typed: Vec<Ident>,
    /// The options that only sockets with channels have.
    pub(crate) channels: Channels,
}

/// `channel(..), max_channels = .., serializers = [..]`.
pub(crate) struct Channels {
    /// Whether there is a `channel(..)`, right or wrong.
    pub(crate) declared: bool,
    /// The names of these options.
    pub(crate) names: Vec<Ident>,
    pub(crate) routes: Vec<Route>,
    pub(crate) options: Options,
}

/// `channel("pattern", Type, assigns = ..)`.
pub(crate) struct Route {
    pub(crate) pattern: LitStr,
    pub(crate) channel: Type,
    pub(crate) options: Options,
}

/// `impl Type { .. }`.
pub(crate) struct Socket {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) generics: Generics,
    pub(crate) self_ty: Type,
    pub(crate) methods: Vec<Method>,
    /// The names of our attributes.
    pub(crate) marks: Vec<Ident>,
    /// Items that are not callbacks. They stay.
    pub(crate) others: Vec<ImplItem>,
}

/// A callback as written.
pub(crate) struct Method {
    pub(crate) callback: &'static Callback,
    /// The inputs of `connect`, and `#[state]` arguments of all others, are taken out of it, into
    /// `arguments`.
    pub(crate) item: ImplItemFn,
    pub(crate) arguments: Vec<Argument>,
    /// All inputs in their order, without our attributes.
    pub(crate) inputs: Vec<TokenStream>,
}

/// An argument of `connect`, or one with `#[state]`.
pub(crate) struct Argument {
    /// Rust's attributes: `#[cfg]`, `#[allow]`.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) pat: Pat,
    pub(crate) ty: Type,
    pub(crate) source: Source,
}

/// Where an argument comes from.
pub(crate) enum Source {
    /// `#[param]`
    Param {
        name: Name,
        default: Option<Default>,
        from_str: bool,
    },
    /// `#[info]`
    Info {
        name: Name,
        default: Option<Default>,
    },
    /// `#[state]`
    State,
    /// By its type.
    Type,
    /// Its attributes are wrong, which has been reported.
    Unknown,
}

/// The name of a parameter or of a connect_info key.
pub(crate) enum Name {
    /// The name of the argument.
    Ident(Ident),
    /// `name = "other"`
    Given(LitStr),
}

/// `default`, `default = expression`.
pub(crate) enum Default {
    OfType,
    Expr(Box<Expr>),
}

impl Setup {
    pub(crate) fn callbacks(&self) -> &'static [Callback] {
        if self.channels.declared {
            callback::WITH_CHANNELS
        } else {
            callback::PLAIN
        }
    }
}

impl Socket {
    pub(crate) fn methods<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Method> {
        self.methods
            .iter()
            .filter(move |method| method.callback.name == name)
    }

    /// The functions of a callback: more than one if `#[cfg]` chooses.
    pub(crate) fn items<'a>(&'a self, name: &'a str) -> Vec<&'a ImplItemFn> {
        self.methods(name).map(|method| &method.item).collect()
    }
}

impl Source {
    pub(crate) fn name(&self) -> Option<&Name> {
        match self {
            Source::Param { name, .. } | Source::Info { name, .. } => Some(name),
            Source::State | Source::Type | Source::Unknown => None,
        }
    }
}

impl Name {
    pub(crate) fn text(&self) -> String {
        use syn::ext::IdentExt;
        match self {
            Name::Ident(ident) => ident.unraw().to_string(),
            Name::Given(text) => text.value(),
        }
    }

    pub(crate) fn span(&self) -> proc_macro2::Span {
        match self {
            Name::Ident(ident) => ident.span(),
            Name::Given(text) => text.span(),
        }
    }
}
