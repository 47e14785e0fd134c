//! Words of a list as expressions: levels, headers, variants.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

use crate::{
    editor,
    language::{expr, schema},
};

/// `Some(Level::..)`, `None` for `false`.
pub(crate) fn level(value: &Expr) -> TokenStream {
    if expr::boolean(value) == Some(false) {
        return quote!(::core::option::Option::None);
    }
    match word(value, schema::LEVELS) {
        Some((at, level)) => {
            let level = Ident::new(level, at);
            quote_spanned!(at=> ::core::option::Option::Some(__rt::Level::#level))
        }
        None => {
            let value = unknown(value, schema::LEVELS.iter().map(|(word, _)| *word));
            quote!(::core::option::Option::Some(#value))
        }
    }
}

/// A name that is no level is that of a function.
pub(super) fn chosen_level(value: &Expr) -> TokenStream {
    if expr::boolean(value) == Some(false) {
        return quote!(__rt::Log::Off);
    }
    let at = value.span();
    match word(value, schema::LEVELS) {
        Some((word, level)) => {
            let level = Ident::new(level, word);
            quote_spanned!(word=> __rt::Log::At(__rt::Level::#level))
        }
        None => quote_spanned!(at=> __rt::Log::By(#value)),
    }
}

/// `&[Forwarded::Proto]`.
pub(super) fn forwarded(value: &Expr) -> TokenStream {
    let Some(headers) = expr::list(value) else {
        return quote!(#value);
    };
    let headers = headers
        .iter()
        .map(|header| match word(header, schema::FORWARDED) {
            Some((at, variant)) => {
                let variant = Ident::new(variant, at);
                quote_spanned!(at=> __rt::Forwarded::#variant)
            }
            None => unknown(header, schema::FORWARDED.iter().map(|(word, _)| *word)),
        });
    quote!(&[#(#headers),*])
}

pub(super) fn word(value: &Expr, words: &[(&str, &'static str)]) -> Option<(Span, &'static str)> {
    let word = expr::word(value)?;
    words
        .iter()
        .find(|(name, _)| word == name)
        .map(|(_, variant)| (word.span(), *variant))
}

/// A value that is not in the list. If it is a word, it has been reported: editors complete it.
pub(super) fn unknown<'a>(value: &Expr, words: impl Iterator<Item = &'a str>) -> TokenStream {
    match expr::word(value) {
        Some(word) => editor::words(words, word),
        None => quote!(#value),
    }
}
