//! `secret_key_base`: what signatures and encryption are derived from.

use syn::Expr;

use crate::{diag::Diagnostics, value};

/// Sessions are signed and encrypted with keys derived from at least this many bytes, as in Plug.
const LEAST: usize = 64;

/// A literal in a declaration is no secret.
pub(crate) fn in_the_source(value: &Expr, diag: &mut Diagnostics) {
    if value::text(value).is_some() {
        diag.push(value, "a secret in the source ends up in version control and in the binary")
            .help("write `secret_key_base = env(\"SECRET_KEY_BASE\")`")
            .help("for tests: `insecure(\"..\", reason = \"tests\")`");
    }
}

pub(crate) fn check(value: &Expr, diag: &mut Diagnostics) {
    let Some(text) = value::text(value) else {
        if let Some(literal) = value::literal_name(value) {
            diag.push(value, format!("`secret_key_base` takes a string, this is {literal}"))
                .help("write `secret_key_base = env(\"SECRET_KEY_BASE\")`");
        }
        return;
    };
    let secret = text.value();
    if secret.len() < LEAST {
        diag.push(
            value,
            format!("`secret_key_base` has {} bytes, sessions need at least {LEAST}", secret.len()),
        )
        .help("generate one: `openssl rand -base64 48`");
    } else if secret.chars().all(|char| secret.starts_with(char)) {
        diag.push(value, "`secret_key_base` is one character, repeated")
            .help("generate one: `openssl rand -base64 48`");
    }
}
