//! Places where nothing is typed yet, for editors: who has typed `url()` or `connect_info = []` goes
//! on within it.
//!
//! An editor compares what is declared with what is declared once a name is typed. So a name is
//! put into each such place, for editors alone.

use proc_macro2::Span;
use syn::{Expr, ExprPath, Ident};

use super::{
    key::Kind,
    options::{Options, Value},
};

/// Types a key into each empty group, and a word into each empty list of words. Whether there was
/// one.
pub(crate) fn fill(options: &mut Options) -> bool {
    let below = options.entries.iter_mut();
    let below = below.map(|entry| match &mut entry.value {
        Value::Group(options) => fill(options),
        Value::Expr(value) => fill_list(entry.key.kind, value),
    });
    let mut filled = below.filter(|filled| *filled).count() > 0;
    // What is set for a whole socket has no parentheses of its own.
    let has_parentheses = !matches!(options.group.name, "socket" | "#[socket]");
    if has_parentheses && options.entries.is_empty() && options.unfinished.is_empty() {
        options.unfinished.push(typed());
        filled = true;
    }
    filled
}

/// Types a word into an empty list.
pub(crate) fn fill_list(kind: Kind, value: &mut Expr) -> bool {
    let of_words = matches!(kind, Kind::ConnectInfo | Kind::Forwarded);
    match value {
        Expr::Array(list) if of_words && list.elems.is_empty() => {
            list.elems.push(Expr::Path(ExprPath {
                attrs: Vec::new(),
                qself: None,
                path: typed().into(),
            }));
            true
        }
        _ => false,
    }
}

fn typed() -> Ident {
    Ident::new("a", Span::call_site())
}
