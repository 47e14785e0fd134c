//! `#[socket] impl Type { .. }`: an implementation of `Socket` out of callbacks that are found by
//! name.
//!
//! | phase | file |
//! | --- | --- |
//! | tokens to methods and their arguments | `parse`, into the types of `ast`; with `argument` and `route` |
//! | what cannot work | `check`; the shapes of callbacks are in `callback` |
//! | methods to functions of `Socket`, options to constants | `lower` |
//! | the implementation | `expand`, or `fallback` after an error |

use proc_macro2::TokenStream;

use crate::diag::Diagnostics;

mod argument;
mod ast;
pub(crate) mod callback;
mod check;
mod expand;
mod fallback;
mod lower;
mod parse;
mod route;
#[cfg(all(test, feature = "channels"))]
mod tests;

/// The expansion. It never fails, and reports all findings.
pub(crate) fn run(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::of("socket");
    let declaration = parse::declaration(arguments, item, &mut diag);
    check::declaration(&declaration, &mut diag);
    match lower::declaration(&declaration, &diag) {
        Some(lowered) if diag.is_empty() => expand::declaration(&lowered),
        _ => fallback::declaration(&declaration, diag),
    }
}
