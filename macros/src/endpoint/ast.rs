//! A declaration, statement by statement.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Expr, Ident, ItemFn, ItemStruct, LitStr, Path, Type};

use crate::{
    language::{
        key::{Key, Phase},
        options::Options,
    },
    warning::Part,
};

/// The content of `endpoint! { .. }`.
#[derive(Default)]
pub(crate) struct Declaration {
    pub(crate) item: Option<ItemStruct>,
    pub(crate) settings: Vec<Setting>,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) pipeline: Vec<Stage>,
    pub(crate) init: Option<ItemFn>,
    pub(crate) instrumenters: Vec<Instrumenters>,
    /// `state = App;`
    pub(crate) state: Option<Type>,
    /// `crate = path;`
    pub(crate) krate: Option<Path>,
    /// The names of all directives, in the order in which they are written.
    pub(crate) names: Vec<Name>,
    /// Names that are no directives: what somebody is typing.
    pub(crate) unfinished: Vec<Ident>,
}

/// A directive's name where it is written.
pub(crate) struct Name {
    pub(crate) ident: Ident,
    /// It is under `#[cfg]`: another directive may have the same name.
    pub(crate) conditional: bool,
}

/// A directive that sets run-time settings.
pub(crate) struct Setting {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) phase: Phase,
    pub(crate) value: Value,
    /// What warnings call this statement.
    pub(crate) part: Part,
}

pub(crate) enum Value {
    /// `url(..)`
    Group(Options),
    /// `http = false`, `watchers = false`
    Off,
    /// `server = true`
    Expr(&'static Key, Expr),
    /// `extra(..)`
    Extra(Vec<Extra>),
    /// `watchers(..)`
    Watchers(Vec<Watcher>),
}

/// One entry of `watchers(..)`.
pub(crate) struct Watcher {
    pub(crate) name: String,
    /// Where the name is written.
    pub(crate) at: Span,
    pub(crate) value: Expr,
}

/// One entry of `extra(..)`: any name.
pub(crate) struct Extra {
    pub(crate) name: Ident,
    pub(crate) value: ExtraValue,
}

#[expect(clippy::large_enum_variant, reason = "a declaration has a handful")]
pub(crate) enum ExtraValue {
    Expr(Expr),
    Table(Vec<Extra>),
}

/// `socket("/path", Type, ..)`
pub(crate) struct Mount {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) path: LitStr,
    pub(crate) socket: Type,
    pub(crate) options: Options,
    pub(crate) part: Part,
}

/// `instrumenters(..)`
pub(crate) struct Instrumenters {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) values: Vec<Expr>,
}

/// `plug(..)` or `service(..)`.
pub(crate) struct Stage {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) value: TokenStream,
    pub(crate) part: Part,
}

impl Stage {
    pub(crate) fn is_service(&self) -> bool {
        self.name == "service"
    }
}
