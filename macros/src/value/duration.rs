//! Durations as expressions: `secs(n)`, `millis(n)`, `never`, or a constant.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;
use syn::{Expr, spanned::Spanned};

use crate::{language::expr, value::word::unknown};

/// `secs(n)` and `millis(n)`.
pub(super) fn duration(value: &Expr) -> Option<TokenStream> {
    let (unit, arguments) = expr::call(value)?;
    let constructor = match unit.to_string().as_str() {
        "secs" => Ident::new("from_secs", unit.span()),
        "millis" => Ident::new("from_millis", unit.span()),
        _ => return None,
    };
    Some(quote_spanned!(unit.span()=> __rt::Duration::#constructor(#arguments)))
}

/// A duration whose number is not a literal is checked where it is evaluated.
pub(super) fn checked_duration(check: &str, name: &str, value: &Expr) -> TokenStream {
    let at = value.span();
    let check = Ident::new(check, at);
    let literal = expr::call(value)
        .and_then(|(_, arguments)| expr::integer(arguments.first()?))
        .is_some();
    match duration(value) {
        Some(duration) if literal => duration,
        Some(duration) => quote_spanned!(at=> __rt::#check(#name, #duration)),
        None => quote_spanned!(at=> __rt::#check(#name, #value)),
    }
}

pub(super) fn timeout(name: &str, value: &Expr) -> TokenStream {
    let at = value.span();
    if expr::word(value).is_some_and(|word| word == "never") {
        return quote_spanned!(at=> __rt::Timeout::Never);
    }
    if duration(value).is_none() {
        let value = unknown(value, ["secs", "millis", "never"].into_iter());
        return quote_spanned!(at=> __rt::timeout(#name, #value));
    }
    let duration = checked_duration("positive", name, value);
    quote_spanned!(at=> __rt::Timeout::After(#duration))
}
