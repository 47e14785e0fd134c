//! `url` of `nats`: one server, or a list of them.

use syn::Expr;

use crate::{diag::Diagnostics, grammar, language::expr};

/// Reports what is no URL of a server.
pub(crate) fn check(name: &str, value: &Expr, diag: &mut Diagnostics) {
    let list = expr::list(value);
    if list.is_some_and(|list| list.is_empty()) {
        diag.push(value, format!("`{name}` is empty"))
            .help(format!("write `{name} = env(\"NATS_URL\")`"));
    }
    for url in servers(value) {
        match (expr::text(url), expr::literal_name(url)) {
            (Some(text), _) => {
                if let Err(mistake) = grammar::nats::check(&text.value()) {
                    diag.push_mistake(text, mistake);
                }
            }
            (None, Some(literal)) => {
                let text = format!("`{name}` takes a URL, or a list of them, this is {literal}");
                diag.push(url, text)
                    .help(format!("write `{name} = \"nats://host:4222\"`"));
            }
            (None, None) => {}
        }
    }
}

/// Reports a password or a token in a URL.
pub(crate) fn in_the_source(name: &str, value: &Expr, diag: &mut Diagnostics) {
    let texts = servers(value).filter_map(expr::text);
    for url in texts.filter(|text| has_user(&text.value())) {
        diag.push(
            url,
            "a password in the source ends up in version control and in the binary",
        )
        .help(format!("write `{name} = env(\"NATS_URL\")`"))
        .help("or leave it out of the URL: `user = \"..\", password = env(\"NATS_PASSWORD\")`");
    }
}

fn has_user(url: &str) -> bool {
    url.split_once("://")
        .is_some_and(|(_, rest)| rest.contains('@'))
}

/// The elements of a list, or the only one.
fn servers(value: &Expr) -> impl Iterator<Item = &Expr> {
    let list = expr::list(value);
    let one = list.is_none().then_some(value);
    list.into_iter().flatten().chain(one)
}
