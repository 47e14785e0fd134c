//! Turns groups and values, once checked, into expressions of the runtime's types.
//!
//! A group becomes a struct literal with the user's own key tokens: an editor then sees a
//! documented field.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

use crate::{
    editor,
    language::{
        expr::{self, Acknowledged, Env},
        key::{Group, Key, Kind, Phase},
        options::{Entry, Options, Value},
    },
    value::{at_start, constant, duration::duration, list::early, origin, place},
};

/// `__rt::Struct { key: value, .. , ..base }`. `base` is an expression of the same struct.
pub(crate) fn literal(options: &Options, base: &TokenStream) -> TokenStream {
    let group = options.group;
    let name = format_ident!("{}", group.literal);
    // An adapter is no setting: it has a function of its own.
    let is_field = |entry: &&Entry| !matches!(entry.key.kind, Kind::Adapter);
    let fields = options
        .entries
        .iter()
        .filter(is_field)
        .map(|entry| field(entry, group, base));
    let keys = group.keys.iter();
    let count = keys
        .filter(|key| !matches!(key.kind, Kind::Adapter))
        .count();
    let rest = (options.entries.iter().filter(is_field).count() < count).then(|| quote!(..#base));
    let typed = editor::fields(&options.unfinished);
    quote!(__rt::#name { #(#fields,)* #typed #rest })
}

/// `key: value`.
fn field(entry: &Entry, group: &Group, base: &TokenStream) -> TokenStream {
    let name = &entry.name;
    let plain = Ident::new(entry.key.name, Span::call_site());
    let value = match &entry.value {
        Value::Group(options) if matches!(entry.key.kind, Kind::Group(_)) => {
            literal(options, &quote!(#base.#plain))
        }
        _ => match (entry.key.kind, entry.expr()) {
            (Kind::OptionalGroup(below) | Kind::SwitchedGroup(below), _) => match group.phase {
                Phase::Start => {
                    let value = optional(entry, &quote!(__rt::keys(#base.#plain)));
                    quote!(__rt::Group::from(#value))
                }
                Phase::Compile | Phase::Either => {
                    let name = Ident::new(below.name, Span::call_site());
                    optional(entry, &quote!(__rt::#name(#base.#plain)))
                }
            },
            (_, Some(value)) => value_of(entry.key, value, group.phase),
            (_, None) => TokenStream::new(),
        },
    };
    quote!(#name: #value)
}

/// `Some(Drainer { .. })`, each key that is not written taken from `base`; `None` for `false`.
pub(crate) fn optional(entry: &Entry, base: &TokenStream) -> TokenStream {
    let group = match &entry.value {
        Value::Group(options) => literal(options, base),
        Value::Expr(value) if expr::boolean(value) == Some(false) => {
            return quote!(::core::option::Option::None);
        }
        Value::Expr(_) => base.clone(),
    };
    quote!(::core::option::Option::Some(#group))
}

/// The value of a key: a constant, or a `Setting` of a layer.
pub(crate) fn value_of(key: &Key, value: &Expr, phase: Phase) -> TokenStream {
    match phase {
        Phase::Compile => constant::lower(key, value),
        Phase::Either => at_start::lower(key, value),
        Phase::Start => setting(key, value),
    }
}

/// The constructor has the value's span, so that an error at start names its line.
fn setting(key: &Key, value: &Expr) -> TokenStream {
    let at = value.span();
    let exact = matches!(
        key.kind,
        Kind::Flag | Kind::Port { .. } | Kind::Range { .. } | Kind::Size { .. } | Kind::Word { .. }
    );
    let env = Env::of(value);
    let variable = env.as_ref().and_then(Env::variable);
    let plain = match &env {
        Some(Env { default: None, .. }) => {
            return quote_spanned!(at=> __rt::Setting::env(#variable));
        }
        Some(Env {
            default: Some(default),
            ..
        }) => default,
        None => value,
    };
    let constructor = match (&env, exact) {
        (None, false) => "given",
        (None, true) => "exact",
        (Some(_), false) => "env_or",
        (Some(_), true) => "env_or_exact",
    };
    let (constructor, env, value) = (
        Ident::new(constructor, at),
        variable.into_iter(),
        start_value(key, plain),
    );
    quote_spanned!(at=> __rt::Setting::#constructor(#(#env,)* #value))
}

/// A value that is set at start.
fn start_value(key: &Key, value: &Expr) -> TokenStream {
    let value = Acknowledged::unwrap(value);
    match key.kind {
        Kind::CheckOrigin => {
            let list = quote!(&'static [&'static ::core::primitive::str]);
            origin::lower(value, |value| early(&list, &value))
        }
        Kind::Duration => duration(value).unwrap_or_else(|| quote!(#value)),
        // The elements of an empty list have no known type.
        Kind::TrustedProxies if expr::list(value).is_some_and(|list| list.is_empty()) => {
            quote_spanned!(value.span()=> __rt::TrustedProxies::none())
        }
        Kind::Names if expr::list(value).is_some_and(|list| list.is_empty()) => {
            quote_spanned!(value.span()=> __rt::ParameterNames::default())
        }
        Kind::Latest if expr::list(value).is_some_and(|list| list.is_empty()) => {
            quote_spanned!(value.span()=> __rt::Latest::default())
        }
        Kind::Patterns | Kind::Attributes
            if expr::list(value).is_some_and(|list| list.is_empty()) =>
        {
            let kind = Ident::new(
                if matches!(key.kind, Kind::Patterns) {
                    "Patterns"
                } else {
                    "Attributes"
                },
                value.span(),
            );
            quote_spanned!(value.span()=> __rt::#kind::default())
        }
        Kind::TopicPatterns => topics(value),
        Kind::Word { .. } => constant::lower(key, value),
        Kind::Ip => place::lower(value),
        _ => quote!(#value),
    }
}

/// The lists of topics differ in length.
fn topics(value: &Expr) -> TokenStream {
    let Some(list) = expr::list(value) else {
        return quote!(#value);
    };
    let entries = list.iter().map(|entry| match entry {
        Expr::Tuple(pair) => match (pair.elems.first(), pair.elems.last()) {
            (Some(topic), Some(patterns)) => {
                quote_spanned!(entry.span()=> (#topic, __rt::Patterns::from(#patterns)))
            }
            _ => quote!(#entry),
        },
        _ => quote!(#entry),
    });
    quote_spanned!(value.span()=> __rt::TopicPatterns::from([#(#entries),*]))
}
