//! The declaration with something in each place where nothing is typed yet, for editors.

use proc_macro2::TokenStream;

use super::{ast::Value, check, fallback, lower, parse};
use crate::{diag::Diagnostics, language::vacant};

/// The whole implementation, as editors read it. `None` if something is typed everywhere.
pub(super) fn for_editors(input: TokenStream) -> Option<TokenStream> {
    let mut diag = Diagnostics::of("endpoint");
    let mut declaration = parse::declaration(input, &mut diag);
    let settings = declaration.settings.iter_mut();
    let settings = settings.map(|setting| match &mut setting.value {
        Value::Group(options) => vacant::fill(options),
        Value::Expr(key, value) => vacant::fill_list(key.kind, value),
        _ => false,
    });
    let mounts = declaration.mounts.iter_mut();
    let mounts = mounts.map(|mount| vacant::fill(&mut mount.options));
    if settings.chain(mounts).filter(|filled| *filled).count() == 0 {
        return None;
    }
    check::declaration(&declaration, &mut diag);
    let lowered = lower::declaration(&declaration, &mut diag)?;
    fallback::for_editors(&declaration, &lowered)
}
