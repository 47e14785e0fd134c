//! `check_origin`: which web pages may open a socket.

mod entry;
#[cfg(test)]
mod tests;

use quote::ToTokens;
use syn::{Expr, LitStr};

use self::entry::Mistake;
use crate::{
    diag::{Diagnostics, did_you_mean},
    value,
};

/// Suffixes under which strangers have sites of their own, beside all top-level domains.
const PUBLIC: &[&str] = &[
    "ac.uk",
    "co.jp",
    "co.kr",
    "co.nz",
    "co.uk",
    "co.za",
    "com.au",
    "com.br",
    "com.cn",
    "com.mx",
    "com.tr",
    "gov.uk",
    "net.au",
    "or.jp",
    "org.au",
    "org.uk",
    "appspot.com",
    "azurewebsites.net",
    "cloudfront.net",
    "fly.dev",
    "github.io",
    "gitlab.io",
    "herokuapp.com",
    "netlify.app",
    "ngrok.io",
    "onrender.com",
    "pages.dev",
    "vercel.app",
    "web.app",
    "workers.dev",
];

pub(crate) fn check(value: &Expr, diag: &mut Diagnostics) {
    if let Some(elements) = value::list(value) {
        if elements.is_empty() {
            report(value, entry::empty_list(), diag);
        }
        for element in elements {
            match (value::text(element), value::literal_name(element)) {
                (Some(text), _) => origin(text, diag),
                (None, Some(literal)) => {
                    diag.push(element, format!("an origin is a string, this is {literal}"));
                }
                (None, None) => {}
            }
        }
    } else if let Some(text) = value::text(value) {
        diag.push(value, "`check_origin` takes a list")
            .help(format!("write `check_origin = [{:?}]`", text.value()));
    } else if let (Some(literal), None) = (value::literal_name(value), value::boolean(value)) {
        diag.push(value, format!("`check_origin` takes a list, this is {literal}"))
            .help("write `true`, `conn`, `[\"https://example.com\"]`, or a function `fn(&Origin) -> bool`");
    } else if let Some(word) = value::word(value) {
        let text = word.to_string();
        if let Some(near) = did_you_mean(&text, ["conn", "true", "false"]).filter(|near| *near != text) {
            diag.push(word, format!("unknown value `{text}` of `check_origin`"))
                .help(format!("did you mean `{near}`?"));
        }
    }
}

fn origin(text: &LitStr, diag: &mut Diagnostics) {
    if let Err(mistake) = entry::check(&text.value()) {
        report(text, mistake, diag);
    }
}

fn report(at: &impl ToTokens, mistake: Mistake, diag: &mut Diagnostics) {
    let found = diag.push(at, mistake.text);
    for help in mistake.help {
        found.help(help);
    }
}

/// Reports wildcards over domains whose sites belong to many people.
pub(crate) fn public_suffixes(value: &Expr, diag: &mut Diagnostics) {
    for text in value::list(value).into_iter().flatten().filter_map(value::text) {
        let origin = text.value();
        let Some((_, suffix)) = origin.split_once("//*.") else { continue };
        let suffix = suffix.split(':').next().unwrap_or_default();
        let public = !suffix.contains('.') || PUBLIC.contains(&suffix);
        if public && suffix != "localhost" && !suffix.is_empty() {
            diag.push(text, format!("`*.{suffix}` covers sites of other people (public suffix)"))
                .help(format!("name your own domain: `\"//*.example.{suffix}\"`"))
                .help("if that is right here, write `check_origin = insecure([..], reason = \"..\")`");
        }
    }
}
