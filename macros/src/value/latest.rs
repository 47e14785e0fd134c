//! `cache_static_manifest_latest`: which version of each static file is served.

use syn::{Expr, ExprTuple};

use crate::{diag::Diagnostics, grammar::path, language::expr};

pub(crate) fn check(name: &str, value: &Expr, diag: &mut Diagnostics) {
    let example = format!("write `{name} = [(\"app.css\", \"app-1.css\")]`");
    let Some(pairs) = expr::list(value) else {
        if let Some(literal) = expr::literal_name(value) {
            diag.push(value, format!("`{name}` takes a list, this is {literal}"))
                .help(example);
        }
        return;
    };
    for pair in pairs {
        match pair {
            Expr::Tuple(ExprTuple { elems, .. }) if elems.len() == 2 => {
                elems.iter().for_each(|one| file(name, one, diag));
            }
            Expr::Lit(_) | Expr::Tuple(_) => {
                diag.push(pair, format!("an entry of `{name}` is a pair of names"))
                    .help(example.clone());
            }
            _ => {}
        }
    }
}

fn file(name: &str, value: &Expr, diag: &mut Diagnostics) {
    match (expr::text(value), expr::literal_name(value)) {
        (Some(text), _) => {
            if let Err(mistake) = path::check_name(&text.value()) {
                diag.push_mistake(text, mistake);
            }
        }
        (None, Some(literal)) => {
            diag.push(
                value,
                format!("a name in `{name}` is a string, this is {literal}"),
            );
        }
        (None, None) => {}
    }
}
