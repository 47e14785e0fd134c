//! Secrets: what keys are derived from, and passwords.

use syn::Expr;

use crate::{diag::Diagnostics, grammar, language::expr};

/// The secret that keys are derived from.
const KEY_BASE: &str = "secret_key_base";

/// Reports a secret that is a literal in the declaration.
pub(crate) fn in_the_source(name: &str, value: &Expr, diag: &mut Diagnostics) {
    if expr::text(value).is_some() || is_from_the_build(value) {
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

/// Whether a macro puts the value into the binary.
fn is_from_the_build(value: &Expr) -> bool {
    const MACROS: [&str; 5] = [
        "env",
        "option_env",
        "include_str",
        "include_bytes",
        "concat",
    ];
    match value {
        Expr::Macro(call) => call
            .mac
            .path
            .segments
            .last()
            .is_some_and(|last| MACROS.iter().any(|name| last.ident == name)),
        Expr::MethodCall(call) => is_from_the_build(&call.receiver),
        Expr::Group(group) => is_from_the_build(&group.expr),
        Expr::Paren(paren) => is_from_the_build(&paren.expr),
        Expr::Reference(reference) => is_from_the_build(&reference.expr),
        _ => false,
    }
}

fn from_the_environment(name: &str) -> String {
    format!("write `{name} = env(\"{}\")`", name.to_uppercase())
}
