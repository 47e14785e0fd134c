//! Secrets: what keys are derived from, and passwords.

use syn::Expr;

use crate::{diag::Diagnostics, grammar, language::expr};

/// The secret that keys are derived from.
const KEY_BASE: &str = "secret_key_base";

/// Reports a secret that is a literal in the declaration.
pub(crate) fn in_the_source(name: &str, value: &Expr, diag: &mut Diagnostics) {
    if expr::text(value).is_some() {
        diag.push(
            value,
            "a secret in the source ends up in version control and in the binary",
        )
        .help(from_the_environment(name))
        .help("for tests: `insecure(\"..\", reason = \"tests\")`");
    }
}

pub(crate) fn check(name: &str, value: &Expr, diag: &mut Diagnostics) {
    let Some(text) = expr::text(value) else {
        if let Some(literal) = expr::literal_name(value) {
            let text = format!("`{name}` takes a string, this is {literal}");
            diag.push(value, text).help(from_the_environment(name));
        }
        return;
    };
    // What brokers call a good password is not known.
    if name != KEY_BASE {
        return;
    }
    let secret = text.value();
    if let Err(mistake) = grammar::secret::check(secret.as_bytes()) {
        diag.push_mistake(value, mistake);
    }
}

fn from_the_environment(name: &str) -> String {
    format!("write `{name} = env(\"{}\")`", name.to_uppercase())
}
