//! Reads the arguments of `join`: `#[rest] id: RoomId`.

use syn::{Attribute, FnArg, Meta, Type};

use super::ast::Source;
use crate::{
    block::{argument_attributes, argument_attributes_mut},
    block::{callback::last_segment, state},
    diag::Diagnostics,
    grammar::spelling::{did_you_mean, list},
};

const SOURCES: [(&str, Source); 5] = [
    ("rest", Source::Rest),
    ("topic", Source::Topic),
    ("payload", Source::Payload),
    ("assigns", Source::Assigns),
    ("state", Source::State),
];

/// Takes `#[state]` off an argument of a callback other than `join`.
pub(crate) fn take_state(input: &mut FnArg, diag: &mut Diagnostics) -> Source {
    if argument_attributes(input).iter().any(state::is_state) {
        take(input, diag)
    } else {
        Source::Type
    }
}

/// Takes our attributes off an argument, and returns where it comes from.
pub(crate) fn take(input: &mut FnArg, diag: &mut Diagnostics) -> Source {
    let attrs = argument_attributes_mut(input);
    let (ours, others): (Vec<_>, Vec<_>) = std::mem::take(attrs)
        .into_iter()
        .partition(|one| source(one).is_some());
    others.iter().for_each(|attribute| foreign(attribute, diag));
    ours.iter()
        .filter(|one| !state::is_state(one))
        .for_each(|attribute| plain(attribute, diag));
    *attrs = others;
    if let (Some(attribute), FnArg::Typed(argument)) =
        (ours.iter().find(|one| state::is_state(one)), &*input)
    {
        state::check(attribute, &argument.ty, diag);
    }
    if let [first, second, ..] = ours.as_slice() {
        let message = match (name(first), name(second)) {
            (first, second) if first == second => format!("`#[{first}]` is written twice"),
            (first, second) => {
                format!("an argument is either `#[{first}]` or `#[{second}]`, not both")
            }
        };
        diag.push(second.path(), message).help("remove one of them");
    }
    ours.first().and_then(source).unwrap_or(Source::Type)
}

/// The source that an attribute names.
pub(crate) fn source(attribute: &Attribute) -> Option<Source> {
    SOURCES
        .iter()
        .find(|(name, _)| attribute.path().is_ident(name))
        .map(|(_, source)| *source)
}

pub(crate) fn name(attribute: &Attribute) -> String {
    attribute
        .path()
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default()
}

impl Source {
    pub(crate) fn attribute(self) -> Option<&'static str> {
        SOURCES
            .iter()
            .find(|(_, source)| *source == self)
            .map(|(name, _)| *name)
    }
}

fn plain(attribute: &Attribute, diag: &mut Diagnostics) {
    if !matches!(attribute.meta, Meta::Path(_)) {
        let name = name(attribute);
        diag.push(attribute.path(), format!("`#[{name}]` takes no options"))
            .help(format!("write `#[{name}]`"));
    }
}

/// Attributes that are not Rust's.
fn foreign(attribute: &Attribute, diag: &mut Diagnostics) {
    let word = name(attribute);
    match word.as_str() {
        "param" => {
            diag.push(
                attribute.path(),
                "`#[param]` belongs to arguments of the socket's `connect`",
            )
            .help("write `#[payload]` for what the client sends when it joins");
        }
        "info" => {
            diag.push(
                attribute.path(),
                "`#[info]` belongs to arguments of the socket's `connect`",
            )
            .help("keep it in a field of the socket, and take `socket: &Socket`");
        }
        _ => {
            let known = || SOURCES.iter().map(|(name, _)| *name);
            if let Some(near) = did_you_mean(&word, known()) {
                diag.push(attribute.path(), format!("unknown attribute `{word}`"))
                    .help(format!("did you mean `#[{near}]`?"))
                    .note(format!(
                        "attributes of arguments of `join`: {}",
                        list(known())
                    ));
            }
        }
    }
}

/// Whether a type is `Join<..>`, the whole attempt.
pub(crate) fn is_whole(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|last| last.ident == "Join")
}

/// `&str`
pub(crate) fn is_str(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference)
        if reference.mutability.is_none() && last_segment(&reference.elem).is_some_and(|last| last.ident == "str"))
}

/// A reference is the socket's.
pub(super) fn is_extractor(ty: &Type) -> bool {
    !is_whole(ty) && !matches!(ty, Type::Reference(_))
}
