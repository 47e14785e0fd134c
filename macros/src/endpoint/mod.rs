//! `endpoint!`: reads a declaration, checks it, and expands it into constants and a call into
//! generic code.
//!
//! | phase | file |
//! | --- | --- |
//! | tokens to statements | `parse`, into the types of `ast` |
//! | what cannot work | `check`; where mounts are served: `paths` |
//! | what works and is hardly meant | `unusual`, with `static_plug`; of constants: `unusual_mount`; of sessions: `sessions` |
//! | settings, mounts and stages to expressions | `lower`; static files by `statics`, which reads the `manifest` |
//! | the entries of `watchers(..)` and `instrumenters(..)`, in all phases | `watchers`, `instrumenters` |
//! | where nothing is typed yet, for editors | `vacant` |
//! | the implementation of `Endpoint` | `expand`, or `fallback` after an error |

use proc_macro2::TokenStream;

use crate::diag::Diagnostics;

mod ast;
mod check;
mod expand;
mod fallback;
mod instrumenters;
mod lower;
mod manifest;
mod parse;
mod paths;
mod sessions;
#[cfg(test)]
mod slips;
mod static_plug;
mod statics;
#[cfg(test)]
mod tests;
mod unusual;
mod unusual_mount;
mod vacant;
mod watchers;

/// The expansion. It never fails, and reports all findings.
pub(crate) fn run(input: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::of("endpoint");
    let declaration = parse::declaration(input.clone(), &mut diag);
    check::declaration(&declaration, &mut diag);
    match lower::declaration(&declaration, &mut diag) {
        Some(lowered) if diag.is_empty() => {
            expand::declaration(&lowered, vacant::for_editors(input))
        }
        lowered => {
            let lowered = lowered.as_ref();
            let editor = vacant::for_editors(input)
                .or_else(|| fallback::for_editors(&declaration, lowered?));
            fallback::declaration(&declaration, editor, diag)
        }
    }
}
