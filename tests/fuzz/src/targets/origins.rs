//! Origins: what a list admits, a second and simpler rule admits too, and the other way round.

use http::HeaderValue;
use landfall::{fuzzing, origin::Origin};

use crate::input::Input;

/// Scheme, host, port, and whether names below count.
type Rule = (Option<&'static str>, &'static str, Option<u16>, bool);

const LIST: [(&str, Rule); 6] = [
    (
        "https://example.com",
        (Some("https"), "example.com", Some(443), false),
    ),
    (
        "//example.org:8443",
        (None, "example.org", Some(8443), false),
    ),
    ("//*.example.net", (None, "example.net", None, true)),
    (
        "http://*.tls.example:81",
        (Some("http"), "tls.example", Some(81), true),
    ),
    (
        "http://[::1]:4000",
        (Some("http"), "::1", Some(4000), false),
    ),
    ("//localhost", (None, "localhost", None, false)),
];

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let flags = input.byte();
    // White space around a value is not part of it (RFC 9110, 5.5).
    let Ok(header) = HeaderValue::from_bytes(input.0.trim_ascii()) else {
        return;
    };
    let index = usize::from(flags) % (LIST.len() + 1);
    let chosen = LIST.get(index).map_or(&LIST[..], std::slice::from_ref);
    let entries: Vec<&str> = chosen.iter().map(|(entry, _)| *entry).collect();
    let admitted = fuzzing::origin(&entries, &header).expect("a list");

    let origin = header.to_str().ok().and_then(Origin::parse);
    let Some(origin) = origin else {
        assert!(!admitted);
        return;
    };
    let by_rule = parts(&origin.text)
        .is_some_and(|parts| chosen.iter().any(|(_, rule)| admits(rule, &parts)));
    assert_eq!(admitted, by_rule, "{origin:?} and {entries:?}");

    let (scheme, host, port) = ("https", "www.example.com", 443);
    if fuzzing::same_origin(scheme, host, port, &header) {
        assert_eq!(
            parts(&origin.text),
            Some((Some("https".to_owned()), host.to_owned(), Some(443)))
        );
    }
    // The origin as an entry of a list admits itself.
    if fuzzing::origin(&[&origin.text], &header) == Some(false) {
        panic!("{origin:?} is not admitted by itself");
    }
}

type Parts = (Option<String>, String, Option<u16>);

/// Cuts a text that is known to be well-formed.
fn parts(text: &str) -> Option<Parts> {
    let text = text.to_ascii_lowercase();
    let (scheme, rest) = text.split_once("//")?;
    let scheme = match scheme {
        "" => None,
        scheme => Some(scheme.strip_suffix(':')?.to_owned()),
    };
    let letters = |scheme: &str| scheme.starts_with(|first: char| first.is_ascii_alphabetic());
    let rest_of = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    if scheme
        .as_ref()
        .is_some_and(|scheme| !letters(scheme) || !scheme.bytes().all(rest_of))
    {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest[..end].rsplit('@').next()?;
    let (host, port) = match authority.rsplit_once(']') {
        Some((address, port)) => {
            let address: std::net::Ipv6Addr = address.strip_prefix('[')?.parse().ok()?;
            (
                address.to_string(),
                port.strip_prefix(':').unwrap_or_default(),
            )
        }
        None => {
            let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
            (host.to_owned(), port)
        }
    };
    let own = match scheme.as_deref() {
        Some("http" | "ws") => Some(80),
        Some("https" | "wss") => Some(443),
        _ => None,
    };
    Some((scheme, host, port.parse().ok().or(own)))
}

fn admits((scheme, domain, port, below): &Rule, (own_scheme, host, own_port): &Parts) -> bool {
    let name = host == domain || (*below && host.ends_with(&format!(".{domain}")));
    let scheme = scheme.is_none_or(|scheme| own_scheme.as_deref() == Some(scheme));
    // Files have no host that says anything: only a function can admit them.
    let is_file = own_scheme.as_deref() == Some("file");
    name && scheme && !is_file && (port.is_none() || port == own_port)
}
