//! `env("NAME")`: a variable of the environment.

use quote::ToTokens;
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
                let is_wrong = |char: char| !char.is_ascii_alphanumeric() && char != '_';
                let first = text.get(..1).unwrap_or(&text);
                let wrong = text.matches(is_wrong).next().unwrap_or(first);
                found
                    .within(&text, wrong)
                    .help(format!("write `env(\"{}\")`", variable_name(&text)));
            }
        }
        (Some(name), 2) if env.default.is_none() => {
            let default = env.name.last().map(ToTokens::to_token_stream);
            let (name, default) = (name.value(), default.unwrap_or_default());
            diag.push(at, "`env` takes the name of a variable alone")
                .help(format!("write `env({name:?}).or({default})`"));
        }
        _ => {
            diag.push(at, "`env` takes the name of a variable, as a literal")
                .help("write `env(\"PORT\")`");
        }
    }
}

/// Reports `env(..)` in an expression that does something with it: a key reads it by itself.
pub(super) fn within(key: &str, value: &Expr, diag: &mut Diagnostics) -> bool {
    let Expr::MethodCall(call) = value else {
        return false;
    };
    let mut receiver = &*call.receiver;
    let mut default = default_of(call);
    while let Expr::MethodCall(inner) = receiver {
        if Env::of(receiver).is_some() {
            break;
        }
        default = default.or_else(|| default_of(inner));
        receiver = &inner.receiver;
    }
    let Some(name) = Env::of(receiver).and_then(|env| expr::text(env.variable()?)) else {
        return false;
    };
    let name = name.value();
    let found = diag.push(
        &call.method,
        format!("`env(..)` is read at start, as what `{key}` takes"),
    );
    match default {
        Some(default) => found.help(format!("write `env({name:?}).or({default})`")),
        None => found.help(format!("write `env({name:?})`")),
    };
    true
}

fn default_of(call: &syn::ExprMethodCall) -> Option<String> {
    let is_default = call.method == "unwrap_or";
    let value = call.args.first().filter(|_| is_default)?;
    Some(value.to_token_stream().to_string())
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
    match name.starts_with(|first: char| first.is_ascii_digit()) {
        true => format!("_{name}"),
        false if name.is_empty() => "NAME".to_owned(),
        false => name,
    }
}
