//! The parts of a URI that an origin needs.

use std::net::Ipv6Addr;

use crate::grammar::origin::{is_host_byte, is_scheme};

/// The parts of a URI that an origin needs (RFC 3986 §3).
pub(super) struct Parts<'a> {
    pub(super) scheme: Option<&'a str>,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
}

impl<'a> Parts<'a> {
    pub(super) fn of(text: &'a str) -> Option<Parts<'a>> {
        if !text.bytes().all(is_uri_byte) {
            return None;
        }
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
            _ => (None, text),
        };
        let Some(rest) = rest.strip_prefix("//") else {
            return Some(Parts {
                scheme,
                host: None,
                port: None,
            });
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (user, host_port) = match authority.rsplit_once('@') {
            Some((user, host_port)) => (Some(user), host_port),
            None => (None, authority),
        };
        if user.is_some_and(|user| user.contains('@')) {
            return None;
        }
        let (host, port) = host_and_port(host_port)?;
        Some(Parts { scheme, host, port })
    }
}

pub(super) fn host_and_port(text: &str) -> Option<(Option<String>, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            (Some(address.parse::<Ipv6Addr>().ok()?.to_string()), port)
        }
        None => {
            let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            if !name.bytes().all(is_host_byte) || name.starts_with('.') || name.contains("..") {
                return None;
            }
            (
                Some(name.to_ascii_lowercase()).filter(|name| !name.is_empty()),
                port,
            )
        }
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        None => return None,
        Some("") => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().ok()?)
        }
        Some(_) => return None,
    };
    Some((host, port))
}

/// A host in the form of [`Parts`]: in lower case, IPv6 addresses in their shortest form and
/// without brackets.
pub(super) fn plain_host(host: &str) -> String {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    match bare.parse::<Ipv6Addr>() {
        Ok(address) => address.to_string(),
        Err(_) => host.to_ascii_lowercase(),
    }
}

pub(super) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}

fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}
