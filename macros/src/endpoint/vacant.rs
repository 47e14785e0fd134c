//! Groups without keys, for editors: who has typed `url()` goes on within it.
//!
//! An editor compares what is declared with what is declared once a key is typed, so the expansion
//! of an empty group has a key, too, where only editors read it.

use proc_macro2::{Ident, Span, TokenStream};

use super::{ast::Value, check, fallback, lower, parse};
use crate::{
    diag::Diagnostics,
    language::options::{self, Options},
};

/// The declaration with a key in each empty group, as editors read it. `None` if no group is empty.
pub(super) fn for_editors(input: TokenStream) -> Option<TokenStream> {
    let mut diag = Diagnostics::of("endpoint");
    let mut declaration = parse::declaration(input, &mut diag);
    let groups = declaration
        .settings
        .iter_mut()
        .filter_map(|setting| match &mut setting.value {
            Value::Group(options) => Some(options),
            _ => None,
        })
        .chain(
            declaration
                .mounts
                .iter_mut()
                .map(|mount| &mut mount.options),
        );
    if groups.map(fill).filter(|filled| *filled).count() == 0 {
        return None;
    }
    check::declaration(&declaration, &mut diag);
    let lowered = lower::declaration(&declaration, &mut diag)?;
    fallback::for_editors(&declaration, &lowered)
}

/// Types a key into each empty group that is written. Whether there was one.
fn fill(options: &mut Options) -> bool {
    let below = options.entries.iter_mut();
    let below = below.filter_map(|entry| match &mut entry.value {
        options::Value::Group(options) => Some(options),
        options::Value::Expr(_) => None,
    });
    let mut filled = below.map(fill).filter(|filled| *filled).count() > 0;
    // A mount without options has no parentheses of its own for them.
    if options.entries.is_empty() && options.group.name != "socket" {
        options.unfinished.push(Ident::new("a", Span::call_site()));
        filled = true;
    }
    filled
}
