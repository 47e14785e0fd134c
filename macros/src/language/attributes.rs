//! Rust's attributes on statements, items and arguments: conditions, lint levels, documentation.

use proc_macro2::TokenStream;
use syn::Attribute;

/// `#[cfg(..)]`
pub(crate) fn cfgs(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
}

/// True if there is a `#[cfg]`.
pub(crate) fn is_conditional(attrs: &[Attribute]) -> bool {
    cfgs(attrs).next().is_some()
}

/// What stands inside of each `#[cfg(..)]`.
pub(crate) fn conditions<'a>(
    cfgs: impl IntoIterator<Item = &'a Attribute>,
) -> impl Iterator<Item = &'a TokenStream> {
    cfgs.into_iter()
        .filter_map(|cfg| Some(&cfg.meta.require_list().ok()?.tokens))
}

/// What may stand on several parts of an expansion: an expectation would be met by one of them at
/// most.
pub(crate) fn repeatable(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    without_docs(attrs).filter(|attribute| !attribute.path().is_ident("expect"))
}

/// Conditions and lint levels: they are repeated on the expansion of a statement.
pub(crate) fn without_docs(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs
        .iter()
        .filter(|attribute| !attribute.path().is_ident("doc"))
}
