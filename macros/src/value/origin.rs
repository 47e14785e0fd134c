//! `check_origin`: which web pages may open a socket.

use syn::Expr;

use crate::{
    diag::Diagnostics,
    grammar::{origin, spelling::did_you_mean},
    language::expr,
};

pub(crate) fn check(value: &Expr, diag: &mut Diagnostics) {
    if let Some(elements) = expr::list(value) {
        if elements.is_empty() {
            diag.push_mistake(value, origin::empty_list());
        }
        for element in elements {
            match (expr::text(element), expr::literal_name(element)) {
                (Some(text), _) => {
                    if let Err(mistake) = origin::parse(&text.value()) {
                        diag.push_mistake(text, mistake);
                    }
                }
                (None, Some(literal)) => {
                    diag.push(element, format!("an origin is a string, this is {literal}"));
                }
                (None, None) => {}
            }
        }
    } else if let Some(text) = expr::text(value) {
        diag.push(value, "`check_origin` takes a list")
            .help(format!("write `check_origin = [{:?}]`", text.value()));
    } else if let (Some(literal), None) = (expr::literal_name(value), expr::boolean(value)) {
        diag.push(value, format!("`check_origin` takes a list, this is {literal}"))
            .help("write `true`, `conn`, `[\"https://example.com\"]`, or a function `fn(&Origin) -> bool`");
    } else if let Some(word) = expr::word(value) {
        let text = word.to_string();
        if let Some(near) =
            did_you_mean(&text, ["conn", "true", "false"]).filter(|near| *near != text)
        {
            diag.push(word, format!("unknown value `{text}` of `check_origin`"))
                .help(format!("did you mean `{near}`?"));
        }
    }
}

/// Reports wildcards over domains whose subdomains belong to different owners.
pub(crate) fn public_suffixes(value: &Expr, diag: &mut Diagnostics) {
    for text in expr::list(value)
        .into_iter()
        .flatten()
        .filter_map(expr::text)
    {
        let entry = text.value();
        if let Some(mistake) = origin::parse(&entry)
            .ok()
            .as_ref()
            .and_then(origin::public_suffix)
        {
            diag.push_mistake(text, mistake).help(
                "if that is right here, write `check_origin = insecure([..], reason = \"..\")`",
            );
        }
    }
}
