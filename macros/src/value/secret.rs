//! `secret_key_base`: the secret that keys are derived from.

use syn::Expr;

use crate::{diag::Diagnostics, grammar, language::expr};

/// Reports a secret that is a literal in the declaration.
pub(crate) fn in_the_source(value: &Expr, diag: &mut Diagnostics) {
    if expr::text(value).is_some() {
        diag.push(
            value,
            "a secret in the source ends up in version control and in the binary",
        )
        .help("write `secret_key_base = env(\"SECRET_KEY_BASE\")`")
        .help("for tests: `insecure(\"..\", reason = \"tests\")`");
    }
}

pub(crate) fn check(value: &Expr, diag: &mut Diagnostics) {
    let Some(text) = expr::text(value) else {
        if let Some(literal) = expr::literal_name(value) {
            diag.push(
                value,
                format!("`secret_key_base` takes a string, this is {literal}"),
            )
            .help("write `secret_key_base = env(\"SECRET_KEY_BASE\")`");
        }
        return;
    };
    let secret = text.value();
    if let Err(mistake) = grammar::secret::check(secret.as_bytes()) {
        diag.push_mistake(value, mistake);
    }
}
