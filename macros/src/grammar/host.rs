//! Host names.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Mistake;

/// Checks the host of a public URL: a name in ASCII or an address, without any other part of a URL.
pub(crate) fn check(host: &str) -> Result<(), Mistake> {
    if host.parse::<Ipv6Addr>().is_ok() || is_name(host) {
        return Ok(());
    }
    Err(if host.is_empty() {
        Mistake::new("`host` is empty").help("leave it out for `\"localhost\"`")
    } else if let Some((scheme, rest)) = host.split_once("://") {
        let name = rest.split(['/', ':', '?', '#']).next().unwrap_or(rest);
        let port = if scheme == "https" {
            ", port = 443"
        } else {
            ""
        };
        let before = host.strip_suffix(rest).unwrap_or_default();
        Mistake::new("`host` contains a scheme")
            .at(host, before)
            .help(format!(
                "write `host = {name:?}, scheme = {scheme:?}{port}`"
            ))
    } else if let Some(at) = host.find('/') {
        let (name, path) = host.split_at(at);
        Mistake::new("`host` contains a path")
            .at(host, path)
            .help(format!("write `host = {name:?}, path = {path:?}`"))
    } else if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Mistake::new("`host` is an address in brackets").help(format!("write `host = {address:?}`"))
    } else if let Some((name, port)) = host.rsplit_once(':').filter(|(_, port)| is_number(port)) {
        let from_colon = host.strip_prefix(name).unwrap_or_default();
        let name = name.trim_matches(['[', ']']);
        Mistake::new("`host` contains a port")
            .at(host, from_colon)
            .help(format!("write `host = {name:?}, port = {port}`"))
    } else if host.contains('*') {
        let entry = format!("//{host}");
        Mistake::new("`host` is one name, wildcards belong to `check_origin`")
            .help(format!("write `check_origin = [{entry:?}]`"))
    } else if !host.is_ascii() {
        Mistake::new("`host` must be in ASCII form")
            .at(
                host,
                host.split('.')
                    .find(|label| !label.is_ascii())
                    .unwrap_or_default(),
            )
            .help("write the form that begins with `xn--`, as browsers send it")
    } else {
        let label = host.split('.').find(|label| !is_label(label));
        Mistake::new(format!("{host:?} is not a host name"))
            .at(host, label.unwrap_or(host))
            .help(
            "labels of letters, digits, `-` and `_`, at most 63 characters each, with dots between",
        )
    })
}

/// A name in ASCII: labels of 1 to 63 letters, digits, `-` and `_`, with a letter or digit at both
/// ends. A name that ends in a number must be an IPv4 address (WHATWG URL).
pub(crate) fn is_name(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    let numeric = name.split('.').next_back().is_some_and(is_number);
    host.len() <= 253
        && name.split('.').all(is_label)
        && (!numeric || host.parse::<Ipv4Addr>().is_ok())
}

/// Whether text can stand for host and port of a URL, and for no other part of it.
pub(crate) fn is_authority(text: &str) -> bool {
    let other = |char: char| {
        matches!(char, '/' | '\\' | '@' | '?' | '#') || char.is_whitespace() || char.is_control()
    };
    !text.is_empty() && !text.contains(other)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with(['-', '_'])
        && !label.ends_with(['-', '_'])
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_and_addresses() {
        for host in [
            "localhost",
            "a.com",
            "A.com",
            "xn--mnchen-3ya.de",
            "a_b.example",
            "127.0.0.1",
            "::1",
            "a.com.",
        ] {
            assert_eq!(check(host), Ok(()), "{host}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_what_to_write() {
        const LABELS: &str =
            "labels of letters, digits, `-` and `_`, at most 63 characters each, with dots between";
        for (host, text, help) in [
            ("", "`host` is empty", "leave it out for `\"localhost\"`"),
            (
                "https://a.com:80/x",
                "`host` contains a scheme",
                "write `host = \"a.com\", scheme = \"https\", port = 443`",
            ),
            (
                "http://a.com",
                "`host` contains a scheme",
                "write `host = \"a.com\", scheme = \"http\"`",
            ),
            (
                "a.com:4000",
                "`host` contains a port",
                "write `host = \"a.com\", port = 4000`",
            ),
            (
                "[::1]:4000",
                "`host` contains a port",
                "write `host = \"::1\", port = 4000`",
            ),
            (
                "a.com/app",
                "`host` contains a path",
                "write `host = \"a.com\", path = \"/app\"`",
            ),
            (
                "[::1]",
                "`host` is an address in brackets",
                "write `host = \"::1\"`",
            ),
            (
                "*.a.com",
                "`host` is one name, wildcards belong to `check_origin`",
                "write `check_origin = [\"//*.a.com\"]`",
            ),
            (
                "münchen.de",
                "`host` must be in ASCII form",
                "write the form that begins with `xn--`, as browsers send it",
            ),
            ("a b", "\"a b\" is not a host name", LABELS),
            ("a\nb", "\"a\\nb\" is not a host name", LABELS),
            ("_a.com", "\"_a.com\" is not a host name", LABELS),
            ("a..com", "\"a..com\" is not a host name", LABELS),
            ("256.1.1.1", "\"256.1.1.1\" is not a host name", LABELS),
        ] {
            let found = check(host).err().map(|found| (found.text, found.help));
            assert_eq!(
                found,
                Some((text.to_owned(), vec![help.to_owned()])),
                "{host}"
            );
        }
        assert!(check(&"a".repeat(64)).is_err());
    }
}
