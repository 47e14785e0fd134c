//! `check_origin`: which web pages may open a socket.

use syn::{Expr, LitStr};

use crate::{
    diag::{Diagnostics, did_you_mean},
    host, value,
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
            diag.push(value, "an empty list refuses every browser")
                .help("list origins, or leave `check_origin` out: then `url.host` may connect");
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
    let origin = text.value();
    if origin == "*" {
        return every_host(text, diag);
    }
    let Some((scheme, rest)) = origin.split_once("//") else {
        no_host(text, &origin, diag);
        return;
    };
    match scheme {
        "" | "http:" | "https:" => {}
        "ws:" | "wss:" => {
            let scheme = scheme.replace("ws", "http");
            diag.push(
                text,
                format!("browsers send `{}` origins, also for `{origin}`", scheme.trim_end_matches(':')),
            )
            .help(format!("write `\"{scheme}//{rest}\"`"));
            return;
        }
        _ => {
            diag.push(text, format!("the scheme of {origin:?} must be `http` or `https`"))
                .help(format!("write `\"//{rest}\"` for both"));
            return;
        }
    }
    if let Some(end) = rest.find(['/', '?', '#', '@']) {
        let host = rest.get(..end).unwrap_or_default();
        diag.push(text, format!("an origin has no path, query or user: {origin:?}"))
            .help(format!("write `\"{scheme}//{}\"`", if rest.contains('@') { "example.com" } else { host }));
        return;
    }
    let host = port_checked(text, rest, diag);
    if host == "*" {
        every_host(text, diag);
    } else if host.strip_prefix("*.").unwrap_or(host).contains('*') {
        diag.push(text, format!("`*` is only allowed as the whole first label: {origin:?}"))
            .help("write `\"//*.example.com\"`");
    } else if host.is_empty() {
        no_host(text, &origin, diag);
    } else if !host.is_ascii() {
        diag.push(text, format!("a host must be in ASCII form: {origin:?}"))
            .help("write the form that begins with `xn--`, as browsers send it");
    } else if !host.starts_with('[') && !host::is_name(host.strip_prefix("*.").unwrap_or(host)) {
        diag.push(text, format!("{host:?} is not a host name"));
    }
}

/// The host, after a look at the port behind it.
fn port_checked<'a>(text: &LitStr, rest: &'a str, diag: &mut Diagnostics) -> &'a str {
    if rest.ends_with(']') {
        return rest;
    }
    let Some((host, port)) = rest.rsplit_once(':') else { return rest };
    if !port.parse::<u16>().is_ok_and(|port| port > 0) {
        diag.push(text, format!("the port must be between 1 and 65535, not `{port}`"))
            .help(format!("write `\"//{host}:4000\"`"));
    }
    host
}

fn no_host(text: &LitStr, origin: &str, diag: &mut Diagnostics) {
    let name = origin.trim_end_matches('/');
    let found = match name.split_once(':') {
        Some((scheme, _)) => diag.push(text, format!("{origin:?} reads as scheme `{scheme}`")),
        None => diag.push(text, format!("{origin:?} has no host: an origin starts with `//` or a scheme")),
    };
    let name = if name.is_empty() { "example.com" } else { name };
    found.help(if name.contains(['*', ':']) {
        format!("write `\"//{name}\"`")
    } else {
        format!("write `\"//{name}\"` or `\"https://{name}\"`")
    });
}

fn every_host(text: &LitStr, diag: &mut Diagnostics) {
    diag.push(
        text,
        format!("a wildcard needs a domain: {:?} would match only a host named `*`", text.value()),
    )
    .help("write `\"//*.example.com\"`")
    .help("to allow every site write `check_origin = insecure(false, reason = \"..\")`");
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
