//! `instrumenters(Timings::new(), |state| Audit::of(state))`: values, or closures that make them.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Token, parse::ParseStream, spanned::Spanned};

use super::ast::Instrumenters;
use crate::{
    diag::Diagnostics,
    language::{expr, recover::Arguments},
    value::closure,
};

const EXAMPLE: &str = "write `instrumenters(Timings::new(), |state| Audit::of(state))`";

pub(crate) fn parse(name: &Ident, tokens: TokenStream, diag: &mut Diagnostics) -> Vec<Expr> {
    let mut arguments = Arguments::new(tokens);
    let mut values = Vec::new();
    if arguments.is_empty() {
        diag.push(name, format!("`{name}` has no value"))
            .help(EXAMPLE);
    }
    while !arguments.is_empty() {
        match arguments.next(whole) {
            Ok(value) => values.push(value),
            Err(error) => diag.push_syn(error),
        }
    }
    values
}

/// An expression and nothing after it.
fn whole(input: ParseStream) -> syn::Result<Expr> {
    if input.peek(syn::Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
        let message = format!("`instrumenters` takes values without names\n\n  = help: {EXAMPLE}");
        return Err(input.error(message));
    }
    let value = input.parse()?;
    match input.is_empty() {
        true => Ok(value),
        false => Err(input.error("expected `,` after this instrumenter")),
    }
}

pub(crate) fn check(instrumenters: &[Instrumenters], diag: &mut Diagnostics) {
    for value in instrumenters.iter().flat_map(|directive| &directive.values) {
        closure::check("instrumenters", value, &["|state|"], diag);
        let found = match value {
            Expr::Array(_) | Expr::Tuple(_) => Some("a list"),
            _ => expr::literal_name(value),
        };
        if let Some(found) = found {
            let message = format!("`instrumenters` takes instrumenters, this is {found}");
            diag.push(value, message).help(EXAMPLE);
        }
    }
}

/// A value of a type that implements the runtime's `Instrumenter`.
pub(super) fn value(value: &Expr, state: &Ident) -> TokenStream {
    match closure::of(value) {
        Some(_) => quote_spanned!(value.span()=> __rt::with_state(#state, #value)),
        None => value.to_token_stream(),
    }
}
