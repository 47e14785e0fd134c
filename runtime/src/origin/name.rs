//! What the name of a host may look like.

use std::net::Ipv4Addr;

/// A host name, or an IPv4 address: what ends in a number must be one (WHATWG URL).
pub(crate) fn is_name(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    let labels = || name.split('.');
    let is_number = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit());
    let numeric = labels().next_back().is_some_and(is_number);
    host.len() <= 253 && labels().all(is_label) && (!numeric || host.parse::<Ipv4Addr>().is_ok())
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let at_end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    label.len() <= 63
        && label.bytes().all(inner)
        && at_end(label.bytes().next())
        && at_end(label.bytes().next_back())
}
