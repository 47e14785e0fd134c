//! `#[channel(Socket)] impl Type { .. }`: an implementation of `Channel` from callbacks, which are
//! found by name, and from handlers, whose attributes name their events.
//!
//! | phase | file |
//! | --- | --- |
//! | tokens to methods and their arguments | `parse`, into the types of `ast`; with `argument` and `handler` |
//! | what cannot work | `check`; the shapes of callbacks are in `callback` |
//! | methods to functions of `Channel` | `functions`; with its constants and types: `lower` |
//! | the implementation | `expand`, or `fallback` after an error |

use proc_macro2::TokenStream;

use crate::diag::Diagnostics;

mod argument;
mod ast;
pub(crate) mod callback;
mod check;
mod expand;
mod fallback;
mod functions;
mod handler;
mod lower;
mod parse;
#[cfg(all(test, feature = "channels"))]
mod tests;

/// The expansion. It never fails, and reports all findings.
pub(crate) fn run(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::of("channel");
    let declaration = parse::declaration(arguments, item, &mut diag);
    check::feature(&mut diag);
    check::declaration(&declaration, &mut diag);
    match lower::declaration(&declaration) {
        Some(lowered) if diag.is_empty() => expand::declaration(&lowered),
        _ => fallback::declaration(&declaration, diag),
    }
}
