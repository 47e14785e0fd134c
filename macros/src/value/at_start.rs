//! Values that are part of the binary or known at start: constants, functions, variables.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

use super::{constant, duration::duration, word::level};
use crate::language::{
    expr::{self, Env},
    key::{Key, Kind},
};

/// A constant is checked as one. What is called is called at start.
pub(super) fn lower(key: &Key, value: &Expr) -> TokenStream {
    let at = value.span();
    let Some(env) = Env::of(value) else {
        return match is_called(&value.to_token_stream()) {
            true => {
                let value = called(key, value);
                quote_spanned!(at=> __rt::AtStart::Function(|| #value))
            }
            false => {
                let value = constant::lower(key, value);
                quote_spanned!(at=> __rt::AtStart::Value(#value))
            }
        };
    };
    let variable = env.variable();
    let default = match env.default {
        Some(default) => {
            let default = called(key, default);
            quote!(::core::option::Option::Some(|| #default))
        }
        None => quote!(::core::option::Option::None),
    };
    quote_spanned!(at=> __rt::AtStart::Variable(#variable, #default))
}

/// A value that the start checks.
fn called(key: &Key, value: &Expr) -> TokenStream {
    match key.kind {
        Kind::Duration => duration(value).unwrap_or_else(|| quote!(#value)),
        // A function may return a level, or that there is none.
        Kind::Level if expr::word(value).is_none() && expr::boolean(value).is_none() => {
            quote_spanned!(value.span()=> ::core::convert::Into::into(#value))
        }
        Kind::Level => level(value),
        _ => quote!(#value),
    }
}

/// Whether a function or a method is called, other than `secs` and `millis`. Macros such as `cfg!`
/// are constants.
fn is_called(value: &TokenStream) -> bool {
    let mut is_function = false;
    value.clone().into_iter().any(|token| match token {
        TokenTree::Ident(name) => {
            is_function = name != "secs" && name != "millis";
            false
        }
        TokenTree::Group(group) => {
            let called = is_function && group.delimiter() == Delimiter::Parenthesis;
            is_function = false;
            called || is_called(&group.stream())
        }
        other => {
            // `limit::<T>()`
            is_function = matches!(other, TokenTree::Punct(punct) if punct.as_char() == '>');
            false
        }
    })
}
