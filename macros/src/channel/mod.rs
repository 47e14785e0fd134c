//! `#[channel(Socket)] impl Type { .. }`: an implementation of `Channel` out of callbacks that are found by name, and of
//! handlers that say by an attribute which events they are for.

use proc_macro2::TokenStream;

use crate::diag::Diagnostics;

mod argument;
mod ast;
mod callback;
mod check;
mod expand;
mod fallback;
mod handler;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let setup = parse::setup(arguments, &mut diag);
    let channel = parse::channel(&item, &mut diag);
    if let Some(channel) = &channel {
        check::check(channel, &mut diag);
    }
    match (channel, &setup.socket) {
        (Some(channel), Some(socket)) if diag.is_empty() => {
            expand::expand(&channel, socket, &setup)
        }
        _ => {
            let fallback = fallback::expand(item, &setup);
            let errors = diag.finish();
            quote::quote!(#fallback #errors)
        }
    }
}
