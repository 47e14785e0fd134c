//! `trusted_proxies`: the proxies whose forwarding headers are trusted.

use syn::{Expr, LitStr};

use crate::{
    diag::Diagnostics,
    grammar::network::{self, Network},
    language::expr,
};

pub(crate) fn check(name: &str, value: &Expr, diag: &mut Diagnostics) {
    if let Some(elements) = expr::list(value) {
        for element in elements {
            match (expr::text(element), expr::literal_name(element)) {
                (Some(text), _) => entry(text, diag),
                (None, Some(literal)) => {
                    diag.push(
                        element,
                        format!("an entry of `{name}` is a string, this is {literal}"),
                    )
                    .help("such as `\"10.0.0.0/8\"`");
                }
                (None, None) => {}
            }
        }
    } else if let Some(text) = expr::text(value) {
        diag.push(value, format!("`{name}` takes a list"))
            .help(format!("write `{name} = [{:?}]`", text.value()));
    } else if let Some(literal) = expr::literal_name(value) {
        diag.push(value, format!("`{name}` takes a list, this is {literal}"))
            .help(format!("write `{name} = [\"10.0.0.0/8\"]`"));
    }
}

fn entry(at: &LitStr, diag: &mut Diagnostics) {
    let text = at.value();
    if text == "unix" {
        return;
    }
    if let Err(mistake) = Network::parse(&text) {
        diag.push_mistake(at, mistake);
    }
}

/// Reports networks that contain every address.
pub(crate) fn everybody(name: &str, value: &Expr, diag: &mut Diagnostics) {
    for text in expr::list(value)
        .into_iter()
        .flatten()
        .filter_map(expr::text)
    {
        let whole = text.value();
        if let Some(mistake) = Network::parse(&whole).ok().and_then(network::everybody) {
            diag.push_mistake(text, mistake).help(format!(
                "if that is right here, write `{name} = insecure([{whole:?}], reason = \"..\")`"
            ));
        }
    }
}
