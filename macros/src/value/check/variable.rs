//! `env("NAME")`: a variable of the environment.

use syn::Expr;

use crate::{
    diag::{Diagnostic, Diagnostics},
    language::expr::{self, Env},
};

/// Reports an environment variable where the value is part of the binary.
pub(crate) fn not_read_at_start<'a>(
    name: &str,
    at: &Expr,
    diag: &'a mut Diagnostics,
) -> &'a mut Diagnostic {
    diag.push(
        at,
        format!("`{name}` is fixed at compile time, `env(..)` is read at start"),
    )
}

/// Checks that `env` has one argument, which can be the name of an environment variable.
pub(super) fn check(env: &Env, at: &Expr, diag: &mut Diagnostics) {
    let name = env.name.first().and_then(expr::text);
    match (name, env.name.len()) {
        (Some(name), 1) => {
            let text = name.value();
            let starts_well =
                text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
            if !starts_well
                || !text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                let found = diag.push(
                    name,
                    format!("{text:?} is not a name of an environment variable"),
                );
                found.help(format!("write `env(\"{}\")`", variable_name(&text)));
            }
        }
        _ => {
            diag.push(at, "`env` takes the name of a variable, as a literal")
                .help("write `env(\"PORT\")`");
        }
    }
}

fn variable_name(text: &str) -> String {
    let name: String = text
        .split('=')
        .next()
        .unwrap_or_default()
        .chars()
        .map(|char| {
            if char.is_ascii_alphanumeric() {
                char.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    if name.is_empty() {
        "NAME".to_owned()
    } else {
        name
    }
}
