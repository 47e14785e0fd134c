//! `check_origin`: which web pages may open a socket.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Expr, LitStr, spanned::Spanned};

use crate::{
    diag::Diagnostics,
    grammar::{
        origin::{self, Entry},
        spelling::did_you_mean,
    },
    language::expr,
    value::{closure, list::slice},
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
                    diag.push(element, format!("an origin is a string, this is {literal}"))
                        .help("such as `\"https://example.com\"`");
                }
                (None, None) => {}
            }
        }
    } else if let Some(text) = expr::text(value).filter(|text| text.value() == "conn") {
        diag.push(text, "`conn` is a word, not a string")
            .help("write `check_origin = conn`");
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

/// Warns of entries that are superfluous, or for development alone.
pub(crate) fn hardly_meant(value: &Expr, diag: &mut Diagnostics) {
    let texts: Vec<(&LitStr, String)> = expr::list(value)
        .into_iter()
        .flatten()
        .filter_map(expr::text)
        .map(|text| (text, text.value()))
        .collect();
    for (index, (at, text)) in texts.iter().enumerate() {
        let Ok(entry) = origin::parse(text) else {
            continue;
        };
        if let Some(mistake) = origin::default_port(&entry) {
            diag.warn_mistake("default_port", at, mistake);
        }
        if is_local(&entry) {
            diag.warn_in_release(
                "localhost_in_release",
                at,
                "pages of this machine may connect to a release build",
            )
            .help("put it under `#[cfg(debug_assertions)]`");
        }
        for (other_index, (_, other)) in texts.iter().enumerate() {
            if text == other && other_index < index {
                diag.warn("origin_twice", at, format!("{text:?} is listed twice"))
                    .help("remove one of them");
                break;
            }
            if text != other && origin::parse(other).is_ok_and(|other| covers(&other, &entry)) {
                diag.warn(
                    "origin_covered",
                    at,
                    format!("{text:?} is already covered by {other:?}"),
                )
                .help("remove it");
                break;
            }
        }
    }
}

/// Whether an entry matches all that another one matches.
fn covers(one: &Entry<'_>, other: &Entry<'_>) -> bool {
    let (host, domain) = (
        other.host.to_ascii_lowercase(),
        one.host.to_ascii_lowercase(),
    );
    let hosts = match host.strip_suffix(&domain) {
        Some("") => one.below || !other.below,
        Some(labels) => one.below && labels.ends_with('.'),
        None => false,
    };
    let ports = match (ports(one), ports(other)) {
        (None, _) => true,
        (one, other) => one == other,
    };
    hosts && ports && (one.scheme.is_none() || one.scheme == other.scheme)
}

/// The port that an entry matches, `Some(None)` if that is the unknown port of an app; `None`: all.
fn ports(entry: &Entry<'_>) -> Option<Option<u16>> {
    match (entry.scheme.as_deref(), entry.port) {
        (None, None) => None,
        (_, Some(port)) => Some(Some(port)),
        (Some("http"), None) => Some(Some(80)),
        (Some("https"), None) => Some(Some(443)),
        (Some(_), None) => Some(None),
    }
}

/// Whether an entry names pages of this machine. Apps have hosts of this name, too.
fn is_local(entry: &Entry<'_>) -> bool {
    let is_web = matches!(entry.scheme.as_deref(), None | Some("http" | "https"));
    is_web && matches!(entry.host, "localhost" | "127.0.0.1" | "[::1]")
}

/// A list becomes a constant slice in every layer that a macro writes.
/// What is no literal is checked by a constant, which `constant` writes.
pub(super) fn lower(value: &Expr, constant: impl Fn(TokenStream) -> TokenStream) -> TokenStream {
    let at = value.span();
    let variant =
        quote_spanned!(at=> __rt::CheckOrigin::<&'static [&'static ::core::primitive::str]>);
    match (expr::boolean(value), expr::word(value)) {
        (Some(true), _) => quote_spanned!(at=> #variant::Host),
        (Some(false), _) => quote_spanned!(at=> #variant::Off),
        (None, Some(word)) if word == "conn" => quote_spanned!(at=> #variant::Conn),
        _ if expr::list(value).is_some() => {
            let list = slice(value);
            let known = |element| expr::text(element).is_some();
            match expr::list(value).is_some_and(|list| list.iter().all(known)) {
                true => quote_spanned!(at=> #variant::List(#list)),
                false => {
                    let list = constant(quote_spanned!(at=> __rt::origins(#list)));
                    quote_spanned!(at=> #variant::List(#list))
                }
            }
        }
        _ if closure::names_a_constant(value) => {
            let list = constant(quote_spanned!(at=> __rt::origins(#value)));
            quote_spanned!(at=> #variant::List(#list))
        }
        _ => {
            let (ours, short) = (
                quote!(__rt::DecideOrigin::allows),
                quote!(__rt::decide_origin),
            );
            let function = closure::function(value, 2, &ours, &short);
            quote_spanned!(at=> #variant::Function(#function))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_covers_what_it_matches_and_more() {
        for (wide, narrow, covers) in [
            ("//*.example.com", "//a.example.com", true),
            ("//*.example.com", "https://a.b.example.com:8443", true),
            ("//*.example.com", "//*.b.example.com", true),
            ("//example.com", "https://Example.com", true),
            ("//*.example.com", "//example.com", true),
            ("//example.com", "//*.example.com", false),
            ("https://example.com", "https://example.com:8443", false),
            ("//*.example.com", "//badexample.com", false),
            ("https://*.example.com", "//a.example.com", false),
            ("//*.example.com:8443", "//a.example.com", false),
        ] {
            let entry = |text| origin::parse(text).unwrap();
            assert_eq!(
                super::covers(&entry(wide), &entry(narrow)),
                covers,
                "{wide} {narrow}"
            );
        }
    }
}
