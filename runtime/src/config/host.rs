//! What the name of a host may look like.

use std::net::Ipv6Addr;

use super::ConfigError;
use crate::origin::is_name;

/// Checks the `host` of a URL: a name in ASCII form or an address, and nothing else of a URL.
pub(super) fn check(host: &str) -> Result<(), ConfigError> {
    if host.parse::<Ipv6Addr>().is_ok() {
        return Ok(());
    }
    let shown = host.escape_debug();
    let (text, help) = if host.is_empty() {
        ("`host` is empty".to_owned(), Some("leave it out for `\"localhost\"`".to_owned()))
    } else if let Some((scheme, rest)) = host.split_once("://") {
        let name = rest.split(['/', ':', '?', '#']).next().unwrap_or(rest);
        let help = format!("`host = {name:?}, scheme = {scheme:?}`");
        ("`host` contains a scheme".to_owned(), Some(help))
    } else if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        ("write the address without brackets".to_owned(), Some(format!("`host = {address:?}`")))
    } else if let Some(at) = host.find('/') {
        let (name, path) = host.split_at(at);
        ("`host` contains a path".to_owned(), Some(format!("`host = {name:?}, path = {path:?}`")))
    } else if let Some((name, port)) = host.split_once(':').filter(|(_, port)| is_number(port)) {
        ("`host` contains a port".to_owned(), Some(format!("`host = {name:?}, port = {port}`")))
    } else if host.contains('*') {
        let help = format!("`check_origin = [\"//{shown}\"]`");
        ("`host` is one name, wildcards belong to `check_origin`".to_owned(), Some(help))
    } else if !host.is_ascii() {
        let help = "write the form that starts with `xn--`".to_owned();
        ("`host` must be in ASCII form".to_owned(), Some(help))
    } else if !is_name(host) {
        (format!("`{shown}` is not a host name"), None)
    } else {
        return Ok(());
    };
    let error = ConfigError::new(text);
    Err(match help {
        Some(help) => error.help(help),
        None => error,
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(host: &str) -> Option<String> {
        check(host).err().map(|error| error.to_string())
    }

    #[test]
    fn takes_names_and_addresses() {
        for host in
            ["localhost", "a.com", "A.com", "xn--mnchen-3ya.de", "a_b.example", "127.0.0.1", "::1", "a.com."]
        {
            assert_eq!(finding(host), None, "{host}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_what_to_write() {
        let found = [
            ("", "`host` is empty\n  help: leave it out for `\"localhost\"`"),
            ("https://a.com", "`host` contains a scheme\n  help: `host = \"a.com\", scheme = \"https\"`"),
            ("a.com:4000", "`host` contains a port\n  help: `host = \"a.com\", port = 4000`"),
            ("a.com/app", "`host` contains a path\n  help: `host = \"a.com\", path = \"/app\"`"),
            ("[::1]", "write the address without brackets\n  help: `host = \"::1\"`"),
            (
                "*.a.com",
                "`host` is one name, wildcards belong to `check_origin`\n  help: `check_origin = [\"//*.a.com\"]`",
            ),
            ("münchen.de", "`host` must be in ASCII form\n  help: write the form that starts with `xn--`"),
            ("a b", "`a b` is not a host name"),
            ("_a.com", "`_a.com` is not a host name"),
            ("a..com", "`a..com` is not a host name"),
            ("256.1.1.1", "`256.1.1.1` is not a host name"),
        ];
        for (host, message) in found {
            assert_eq!(finding(host).as_deref(), Some(message), "{host}");
        }
        assert!(finding(&"a".repeat(64)).is_some());
    }
}
