//! What an entry of `check_origin` may look like.

use std::net::Ipv6Addr;

use super::{ConfigError, host};

/// Second-level domains under which anybody can have a name; a single label, such as `com`, is one in any case.
const SHARED: [&str; 6] = ["co.uk", "com.au", "co.jp", "github.io", "herokuapp.com", "pages.dev"];

/// Checks the list of a mount.
pub(crate) fn check_list(list: &[&str]) -> Vec<ConfigError> {
    let empty = list.is_empty().then(empty_list);
    let wrong = list.iter().filter_map(|entry| check(entry).err());
    empty.into_iter().chain(wrong).collect()
}

pub(super) fn empty_list() -> ConfigError {
    ConfigError::new("an empty list refuses every browser")
}

/// Checks one entry, such as `"//*.example.com:888"`. What is legal but hardly wanted is returned as a warning.
pub(super) fn check(entry: &str) -> Result<Option<ConfigError>, ConfigError> {
    let (scheme, authority) = split_scheme(entry)?;
    if let Some(at) = authority.find(['/', '?', '#', '@', '\\']) {
        let origin = format!("{}//{}", scheme.map(|s| format!("{s}:")).unwrap_or_default(), &authority[..at]);
        return Err(ConfigError::new("an origin has no path").help(format!("`{origin:?}`")));
    }
    let (name, port) = split_port(authority)?;
    let domain = name.strip_prefix("*.").unwrap_or(name);
    if name == "*" {
        let error =
            ConfigError::new("a wildcard needs a domain; `\"//*\"` would match only a host named `*`");
        return Err(error.help("`\"//*.example.com\"`"));
    }
    if domain.contains('*') {
        return Err(ConfigError::new("`*` is only allowed as the whole first label"));
    }
    if name.is_empty() {
        return Err(no_host(entry));
    }
    let address = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let valid = address.map_or_else(|| host::is_name(domain), |address| address.parse::<Ipv6Addr>().is_ok());
    if !valid {
        return Err(ConfigError::new(format!("`{}` is not a host name", name.escape_debug())));
    }
    if name != domain && (!domain.contains('.') || SHARED.contains(&domain)) {
        let text = format!("`{name}` covers sites of other people (public suffix)");
        return Ok(Some(ConfigError::new(text)));
    }
    let default = matches!((scheme, port), (Some("http"), Some(80)) | (Some("https"), Some(443)));
    Ok(port.filter(|_| default).map(|port| {
        let scheme = scheme.unwrap_or_default();
        ConfigError::new(format!("the port is the default of `{scheme}`")).help(format!("drop `:{port}`"))
    }))
}

fn split_scheme(entry: &str) -> Result<(Option<&'static str>, &str), ConfigError> {
    let shown = entry.escape_debug();
    if let Some(authority) = entry.strip_prefix("//") {
        return Ok((None, authority));
    }
    match entry.split_once(':') {
        Some((scheme, rest)) if rest.starts_with("//") => {
            let host = &rest[2..];
            match scheme.to_ascii_lowercase().as_str() {
                "http" => Ok((Some("http"), host)),
                "https" => Ok((Some("https"), host)),
                socket @ ("ws" | "wss") => {
                    let page = if socket == "wss" { "https" } else { "http" };
                    let text = format!("browsers send `{page}` origins, also for `{socket}` sockets");
                    Err(ConfigError::new(text).help(format!("`\"{page}://{}\"`", host.escape_debug())))
                }
                _ => Err(ConfigError::new("scheme must be `http` or `https`")),
            }
        }
        Some((scheme, _)) => {
            let text = format!("`\"{shown}\"` reads as scheme `{}`", scheme.escape_debug());
            Err(ConfigError::new(text).help(format!("`\"//{shown}\"`")))
        }
        None if entry == "*" => {
            let error =
                ConfigError::new("a wildcard needs a domain; `\"//*\"` would match only a host named `*`");
            Err(error.help("`\"//*.example.com\"`"))
        }
        None => Err(no_host(entry)),
    }
}

fn no_host(entry: &str) -> ConfigError {
    let shown = entry.escape_debug();
    let error =
        ConfigError::new(format!("`\"{shown}\"` has no host: an origin starts with `//` or a scheme"));
    if entry.starts_with("*.") {
        error.help(format!("`\"//{shown}\"`"))
    } else if entry.contains('/') || entry.is_empty() {
        error
    } else {
        error.help(format!("`\"//{shown}\"` or `\"https://{shown}\"`"))
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), ConfigError> {
    let after_address = authority.rfind(']').map_or(0, |at| at + 1);
    let Some(colon) = authority[after_address..].rfind(':') else { return Ok((authority, None)) };
    let (name, port) = authority.split_at(after_address + colon);
    match port[1..].parse::<u16>() {
        Ok(port) if port > 0 => Ok((name, Some(port))),
        _ => Err(ConfigError::new("port out of range")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(entry: &str) -> String {
        check(entry).expect_err(entry).to_string()
    }

    #[test]
    fn takes_origins() {
        for entry in
            ["https://example.com", "//example.com:4000", "//*.example.com", "http://[::1]:80", "//localhost"]
        {
            assert!(check(entry).is_ok(), "{entry}");
        }
        assert!(check("//example.com").is_ok_and(|warning| warning.is_none()));
    }

    #[test]
    fn says_what_is_wrong() {
        let found = [
            ("example.com", "`\"example.com\"` has no host: an origin starts with `//` or a scheme"),
            ("*.example.com", "`\"*.example.com\"` has no host: an origin starts with `//` or a scheme"),
            ("localhost:4000", "`\"localhost:4000\"` reads as scheme `localhost`"),
            ("//*", "a wildcard needs a domain; `\"//*\"` would match only a host named `*`"),
            ("*", "a wildcard needs a domain; `\"//*\"` would match only a host named `*`"),
            ("https://ex*.com", "`*` is only allowed as the whole first label"),
            ("//a.*.com", "`*` is only allowed as the whole first label"),
            ("https://example.com/", "an origin has no path"),
            ("https://me@example.com", "an origin has no path"),
            ("wss://example.com", "browsers send `https` origins, also for `wss` sockets"),
            ("ftp://a.com", "scheme must be `http` or `https`"),
            ("//example.com:99999", "port out of range"),
            ("//a b", "`a b` is not a host name"),
        ];
        for (entry, text) in found {
            assert_eq!(message(entry).lines().next(), Some(text), "{entry}");
        }
    }

    #[test]
    fn warns_of_what_is_hardly_wanted() {
        let warning = |entry| check(entry).ok().flatten().map(|error| error.message().to_owned());
        assert!(warning("//*.com").is_some_and(|text| text.contains("public suffix")));
        assert!(warning("//*.github.io").is_some());
        assert!(warning("https://example.com:443").is_some_and(|text| text.contains("default")));
    }

    proptest! {
        #[test]
        fn never_panics(entry in "(https?:|ws:)?/{0,2}[\\[\\]*.:a-zß@/ 0-9]{0,20}") {
            let _ = check(&entry);
        }
    }
}
