//! The entries of `check_origin`: what they may look like.

use std::net::Ipv6Addr;

use super::{Mistake, host::is_name};

/// Public suffixes, beside all top-level domains: different owners have sites below them.
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

/// Schemes whose pages have the origin `null`, or one that they share with all others.
const WITHOUT_ORIGIN: [&str; 6] = ["about", "blob", "data", "file", "filesystem", "javascript"];
/// Schemes that no page has.
const WITHOUT_PAGES: [&str; 5] = ["ftp", "ftps", "mailto", "tcp", "udp"];

/// The kind of pages that an entry names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// On the web: `http`, `https`, or whatever the scheme.
    Web,
    /// In an app or an extension, which has its own scheme.
    App,
}

/// One entry of a list, taken apart.
pub(crate) struct Entry<'a> {
    /// In lower case.
    pub(crate) scheme: Option<String>,
    /// Without `*.` before it.
    pub(crate) host: &'a str,
    pub(crate) port: Option<u16>,
    /// Whether names below `host` match too.
    pub(crate) below: bool,
}

/// Reads an entry, such as `"//*.example.com:888"`.
pub(crate) fn parse(entry: &str) -> Result<Entry<'_>, Mistake> {
    if entry == "*" {
        return Err(every_host(entry));
    }
    if let Some((one, other)) = entry.split_once([',', ' '])
        && let (one, other) = (one.trim(), other.trim())
        && parse(one).is_ok()
        && parse(other).is_ok()
    {
        return Err(Mistake::new(format!("{entry:?} is more than one origin"))
            .help(format!("write {one:?}, {other:?}")));
    }
    let Some((before, rest)) = entry.split_once("//") else {
        return Err(no_slashes(entry));
    };
    let scheme = before.to_ascii_lowercase();
    let kind = kind(entry, &scheme, rest).map_err(|mistake| mistake.at(entry, before))?;
    if let Some(end) = rest.find(['/', '?', '#', '@', '\\']) {
        let (host, beyond) = match rest.rsplit_once('@') {
            Some((user, _)) => ("example.com", user),
            None => rest.split_at(end),
        };
        return Err(
            Mistake::new(format!("an origin has no path, query or user: {entry:?}"))
                .at(entry, beyond)
                .help(format!("write `\"{before}//{host}\"`")),
        );
    }
    let (host, port) = split_port(entry, before, rest)?;
    check_host(entry, before, host, kind)?;
    let (host, below) = host
        .strip_prefix("*.")
        .map_or((host, false), |domain| (domain, true));
    Ok(Entry {
        scheme: scheme.strip_suffix(':').map(str::to_owned),
        host,
        port,
        below,
    })
}

/// The mistake of a wildcard over a public suffix.
pub(crate) fn public_suffix(entry: &Entry<'_>) -> Option<Mistake> {
    let suffix = entry.host;
    let public = !suffix.contains('.') || PUBLIC.contains(&suffix);
    (entry.below && public && suffix != "localhost").then(|| {
        Mistake::new(format!(
            "`*.{suffix}` covers sites of other people (public suffix)"
        ))
        .help(format!("name your own domain: `\"//*.example.{suffix}\"`"))
    })
}

/// The mistake of a port that is the default.
pub(crate) fn default_port(entry: &Entry<'_>) -> Option<Mistake> {
    let (scheme, port) = (entry.scheme.as_deref()?, entry.port?);
    matches!((scheme, port), ("http", 80) | ("https", 443)).then(|| {
        Mistake::new(format!("the port is the default of `{scheme}`"))
            .help(format!("drop `:{port}`"))
    })
}

pub(crate) fn empty_list() -> Mistake {
    Mistake::new("an empty list refuses every browser")
        .help("list origins, or leave `check_origin` out: then `url.host` may connect")
}

/// `scheme` with its colon, or nothing.
fn kind(entry: &str, scheme: &str, rest: &str) -> Result<Kind, Mistake> {
    if matches!(scheme, "" | "http:" | "https:") {
        return Ok(Kind::Web);
    }
    let Some(name) = scheme.strip_suffix(':').filter(|name| is_scheme(name)) else {
        return Err(
            Mistake::new(format!("{entry:?} has no scheme before its `//`")).help(format!(
                "leave out what stands there, `\"//{rest}\"`, for pages of any scheme"
            )),
        );
    };
    if matches!(name, "ws" | "wss") {
        let page = name.replace("ws", "http");
        return Err(Mistake::new(format!(
            "browsers send `{page}` origins, also for `{entry}`"
        ))
        .help(format!("write `\"{page}://{rest}\"`")));
    }
    let own_scheme =
        "serve the page over `https`, or from a scheme of its own, such as `\"app://name\"`";
    if WITHOUT_ORIGIN.contains(&name) {
        return Err(
            Mistake::new(format!("pages of `{name}` have no origin of their own")).help(own_scheme),
        );
    }
    if WITHOUT_PAGES.contains(&name) {
        return Err(Mistake::new(format!("no page has the scheme `{name}`"))
            .help(format!("write `\"https://{rest}\"`")));
    }
    // Any scheme that is spelt with these letters.
    if name.bytes().all(|byte| b"htps".contains(&byte)) {
        let meant = if name.contains('s') { "https" } else { "http" };
        return Err(Mistake::new(format!("no page has the scheme `{name}`"))
            .help(format!("did you mean `\"{meant}://{rest}\"`?")));
    }
    Ok(Kind::App)
}

fn split_port<'a>(
    entry: &str,
    before: &str,
    rest: &'a str,
) -> Result<(&'a str, Option<u16>), Mistake> {
    match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => match port.parse::<u16>() {
            Ok(port) if port > 0 => Ok((host, Some(port))),
            _ => Err(Mistake::new(format!(
                "the port must be between 1 and 65535, not `{}`",
                port.escape_debug()
            ))
            .at(entry, port)
            .help(format!("write `\"{before}//{host}:4000\"`"))),
        },
        _ => Ok((rest, None)),
    }
}

fn check_host(entry: &str, before: &str, host: &str, kind: Kind) -> Result<(), Mistake> {
    let domain = host.strip_prefix("*.").unwrap_or(host);
    if host.is_empty() {
        let example = if kind == Kind::App {
            "localhost"
        } else {
            "example.com"
        };
        return Err(Mistake::new(format!("{entry:?} has no host"))
            .help(format!("write `\"{before}//{example}\"`")));
    }
    if host.contains('*') && kind == Kind::App {
        return Err(
            Mistake::new(format!("`*` is for domain names, and {entry:?} has none"))
                .help("list each origin as the app or the extension sends it"),
        );
    }
    if host == "*" {
        return Err(every_host(entry));
    }
    if domain.contains('*') {
        return Err(Mistake::new(format!(
            "`*` is only allowed as the whole first label: {entry:?}"
        ))
        .at(entry, label_with_star(domain))
        .help("write `\"//*.example.com\"`"));
    }
    if !host.is_ascii() {
        return Err(
            Mistake::new(format!("a host must be in ASCII form: {entry:?}"))
                .at(entry, host)
                .help("write the form that begins with `xn--`, as browsers send it"),
        );
    }
    let address = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let right = match (address, kind) {
        (Some(address), _) => address.parse::<Ipv6Addr>().is_ok(),
        (None, Kind::Web) => is_name(domain),
        (None, Kind::App) => is_app_name(domain),
    };
    if right {
        Ok(())
    } else {
        Err(not_a_host(host).at(entry, host))
    }
}

fn label_with_star(domain: &str) -> &str {
    let mut labels = domain.split('.');
    labels.find(|label| label.contains('*')).unwrap_or_default()
}

pub(crate) fn not_a_host(host: &str) -> Mistake {
    Mistake::new(format!("{host:?} is not a host name"))
}

fn no_slashes(entry: &str) -> Mistake {
    if entry == "null" {
        return Mistake::new("`null` is what every page without an origin of its own sends").help(
            "serve the page over `https`, or from a scheme of its own, such as `\"app://name\"`",
        );
    }
    let name = match entry.trim_end_matches('/') {
        "" => "example.com",
        name => name,
    };
    if let Some((scheme @ ("http" | "https"), rest)) = entry.split_once(':')
        && let Some(host) = rest.strip_prefix('/')
    {
        let slash = rest.strip_suffix(host).unwrap_or_default();
        return Mistake::new(format!("{entry:?} has one `/` after its scheme"))
            .at(entry, slash)
            .help(format!("write `\"{scheme}://{host}\"`"));
    }
    if let Some((scheme, rest)) = entry.split_once(':') {
        let is_port = rest
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_digit());
        let mistake = Mistake::new(format!("{entry:?} reads as scheme `{scheme}`"));
        return mistake.at(entry, scheme).help(match is_port {
            true => format!("write `\"//{name}\"`"),
            false => format!("write `\"{scheme}://{rest}\"`"),
        });
    }
    let mistake = Mistake::new(format!(
        "{entry:?} has no host: an origin starts with `//` or a scheme"
    ));
    mistake.help(match name.contains('*') {
        true => format!("write `\"//{name}\"`"),
        false => format!("write `\"//{name}\"` or `\"https://{name}\"`"),
    })
}

fn every_host(entry: &str) -> Mistake {
    Mistake::new(format!(
        "a wildcard needs a domain: {entry:?} would match only a host named `*`"
    ))
    .help("write `\"//*.example.com\"`")
    .help("to allow every site write `check_origin = insecure(false, reason = \"..\")`")
}

pub(crate) fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// What browsers can send as the host of an app.
fn is_app_name(host: &str) -> bool {
    host.bytes().all(is_host_byte) && !host.starts_with('.') && !host.contains("..")
}

/// The characters of a host that are in use.
pub(crate) fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mistake: Mistake) -> Vec<String> {
        let excerpt = mistake.excerpt.map(|excerpt| excerpt.to_string());
        let help = mistake.help.into_iter().map(|help| format!("help: {help}"));
        let excerpt = excerpt
            .iter()
            .flat_map(|excerpt| excerpt.lines().map(str::to_owned));
        let all = [mistake.text].into_iter().chain(excerpt).chain(help);
        all.collect()
    }

    #[test]
    fn entries_are_found_wrong_in_the_words_that_are_written_down() {
        for block in include_str!("findings.txt").split("\n\n") {
            let mut block = block.lines();
            let entry = block.next().unwrap_or_default().trim_matches('|');
            let found = parse(entry).err().map_or_else(Vec::new, lines);
            assert_eq!(found, block.collect::<Vec<_>>(), "{entry}");
        }
    }

    #[test]
    fn finds_what_is_hardly_wanted() {
        let found = |text: &str, find: fn(&Entry<'_>) -> Option<Mistake>| find(&parse(text).ok()?);
        for entry in ["//*.com", "//*.workers.dev:8443"] {
            assert!(
                found(entry, public_suffix).is_some_and(|it| it.text.contains("public suffix")),
                "{entry}"
            );
        }
        for entry in [
            "//*.localhost",
            "//*.example.com",
            "//workers.dev",
            "//[::1]",
        ] {
            assert_eq!(found(entry, public_suffix), None, "{entry}");
        }
        assert_eq!(
            found("https://example.com:443", default_port).map(|it| it.help),
            Some(vec!["drop `:443`".to_owned()])
        );
        for entry in ["http://example.com:443", "app://a:443", "//a.com:80"] {
            assert_eq!(found(entry, default_port), None, "{entry}");
        }
    }
}
