//! Host names, schemes and addresses to listen on.

use std::net::{IpAddr, Ipv4Addr};

use syn::{Expr, LitStr};

use crate::{
    diag::{Diagnostics, did_you_mean},
    value,
};

/// The host of a URL that others reach: one name or address, nothing around it.
pub(crate) fn check(name: &'static str, text: &LitStr, diag: &mut Diagnostics) {
    let host = text.value();
    if host.is_empty() {
        diag.push(text, format!("`{name}` is empty")).help("leave it out for `\"localhost\"`");
    } else if let Some((scheme, rest)) = host.split_once("://") {
        diag.push(text, format!("`{name}` contains a scheme")).help(match scheme {
            "https" => format!("write `{name} = {rest:?}, scheme = \"https\", port = 443`"),
            _ => format!("write `{name} = {rest:?}, scheme = {scheme:?}`"),
        });
    } else if let Some((rest, path)) = host.split_once('/') {
        diag.push(text, format!("`{name}` contains a path"))
            .help(format!("write `{name} = {rest:?}, path = \"/{path}\"`"));
    } else if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        diag.push(text, "write the address without brackets").help(format!("`{name} = {address:?}`"));
    } else if host.parse::<IpAddr>().is_ok() {
    } else if let Some((rest, port)) = host.rsplit_once(':') {
        diag.push(text, format!("`{name}` contains a port"))
            .help(format!("write `{name} = {:?}, port = {port}`", rest.trim_matches(['[', ']'])));
    } else if host.contains('*') {
        diag.push(text, format!("`{name}` is one name, wildcards belong to `check_origin`"))
            .help(format!("write `check_origin = [\"//{host}\"]`"));
    } else if !host.is_ascii() {
        diag.push(text, format!("`{name}` must be in ASCII form"))
            .help("write the form that begins with `xn--`, as browsers send it");
    } else if !is_name(&host) {
        diag.push(text, format!("{host:?} is not a host name"))
            .help("labels of letters, digits, `-` and `_`, at most 63 characters each, with dots between");
    }
}

/// A name in ASCII: labels of 1 to 63 letters, digits, `-` and `_`, neither of these at an end. What ends in a number must
/// be an IPv4 address (WHATWG URL).
pub(crate) fn is_name(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    let is_number = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit());
    let numeric = name.split('.').next_back().is_some_and(is_number);
    host.len() <= 253 && name.split('.').all(is_label) && (!numeric || host.parse::<Ipv4Addr>().is_ok())
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with(['-', '_'])
        && !label.ends_with(['-', '_'])
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

pub(crate) fn check_scheme(name: &'static str, text: &LitStr, diag: &mut Diagnostics) {
    let scheme = text.value();
    let schemes = ["http", "https"];
    if schemes.contains(&scheme.as_str()) {
        return;
    }
    let found = diag.push(text, format!("`{name}` is `\"http\"` or `\"https\"`, not `{scheme:?}`"));
    match (scheme.as_str(), did_you_mean(&scheme, schemes)) {
        ("ws" | "wss", _) => {
            found.help(format!("clients derive `{scheme}` from `{}`", scheme.replace("ws", "http")))
        }
        (_, Some(_)) if scheme.ends_with('s') => found.help("did you mean `\"https\"`?"),
        (_, Some(near)) => found.help(format!("did you mean `{near:?}`?")),
        (_, None) => found,
    };
}

/// `[127, 0, 0, 1]`, eight numbers, or a string.
pub(crate) fn check_ip(value: &Expr, diag: &mut Diagnostics) {
    let right = match (value::list(value), value::text(value)) {
        (Some(elements), _) => {
            let numbers: Vec<Option<i128>> = elements.iter().map(value::integer).collect();
            let highest = if numbers.len() == 4 { 255 } else { 65_535 };
            let wrong = numbers
                .iter()
                .zip(elements)
                .find(|(number, _)| number.is_some_and(|number| !(0..=highest).contains(&number)));
            match wrong {
                Some((_, element)) if matches!(numbers.len(), 4 | 8) => return not_an_address(element, diag),
                _ => matches!(numbers.len(), 4 | 8),
            }
        }
        (None, Some(text)) => {
            let text = text.value();
            text.parse::<IpAddr>().is_ok() || text.strip_prefix("unix:").is_some_and(|path| !path.is_empty())
        }
        (None, None) => value::literal(value).is_none(),
    };
    if !right {
        not_an_address(value, diag);
    }
}

fn not_an_address(at: &Expr, diag: &mut Diagnostics) {
    diag.push(at, "this is not an IPv4 address (4 numbers 0-255) or IPv6 address (8 numbers 0-65535)")
        .help("write `ip = [0, 0, 0, 0]`, `ip = \"::1\"`, or `ip = \"unix:/run/app.sock\"`");
}
