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

use crate::{diag::Diagnostics, language::vacant};

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
    let declaration = parse::declaration(arguments.clone(), item, &mut diag);
    check::declaration(&declaration, &mut diag);
    let vacant = vacant(arguments);
    match lower::declaration(&declaration, &diag) {
        Some(lowered) if diag.is_empty() => expand::declaration(&lowered, vacant),
        _ => {
            let editor = vacant.or_else(|| fallback::for_editors(&declaration.setup));
            fallback::declaration(&declaration, editor, diag)
        }
    }
}

/// The options with something in each place where nothing is typed yet, for editors. `None` if
/// something is typed everywhere.
fn vacant(arguments: TokenStream) -> Option<TokenStream> {
    let mut setup = parse::setup(arguments, &mut Diagnostics::of("socket"));
    vacant::fill(&mut setup.options)
        .then(|| fallback::for_editors(&setup))
        .flatten()
}
