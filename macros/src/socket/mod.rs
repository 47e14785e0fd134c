//! `#[socket] impl Type { .. }`: an implementation of `Socket` out of callbacks that are found by name.

use proc_macro2::TokenStream;

use crate::diag::Diagnostics;

mod argument;
mod ast;
mod callback;
mod check;
mod expand;
mod fallback;
mod parse;
mod route;
#[cfg(test)]
mod tests;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let setup = parse::setup(arguments, &mut diag);
    let socket = parse::socket(&item, &setup, &mut diag);
    if let Some(socket) = &socket {
        check::check(socket, &setup, &mut diag);
    }
    match socket {
        Some(socket) if diag.is_empty() => expand::expand(&socket, &setup),
        _ => {
            let fallback = fallback::expand(item, &setup);
            let errors = diag.finish();
            quote::quote!(#fallback #errors)
        }
    }
}
