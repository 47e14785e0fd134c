//! The entries of a list: what they may look like, and which origins they match.
//!
//! `landfall-macros` looks at literals in the same words; `findings.txt` has what both have to say.

use std::net::Ipv6Addr;

use super::{
    Origin,
    name::is_name,
    parts::{default_port, host_and_port, is_scheme},
};

/// Schemes whose pages have the origin `null`, or one that they share with all others.
const WITHOUT_ORIGIN: [&str; 6] = ["about", "blob", "data", "file", "filesystem", "javascript"];
/// Schemes that no page has.
const WITHOUT_PAGES: [&str; 5] = ["ftp", "ftps", "mailto", "tcp", "udp"];

/// One entry of a list.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    scheme: Option<String>,
    port: Option<u16>,
    host: String,
    /// Whether names below `host` match too.
    below: bool,
}

/// What is wrong with an entry, and what helps.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) text: String,
    pub(crate) help: Vec<String>,
}

impl Mistake {
    fn new(text: impl Into<String>) -> Self {
        Mistake { text: text.into(), help: Vec::new() }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// Where the pages are that an entry speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// On the web: `http`, `https`, or whatever the scheme.
    Web,
    /// In an app or an extension, by a scheme of its own.
    App,
}

impl Pattern {
    /// Reads an entry, such as `"//*.example.com:888"`.
    pub(crate) fn parse(entry: &str) -> Result<Pattern, Mistake> {
        if entry == "*" {
            return Err(every_host(entry));
        }
        let Some((before, rest)) = entry.split_once("//") else { return Err(no_slashes(entry)) };
        let scheme = before.to_ascii_lowercase();
        let kind = kind(entry, &scheme, rest)?;
        if let Some(end) = rest.find(['/', '?', '#', '@', '\\']) {
            let host = if rest.contains('@') { "example.com" } else { &rest[..end] };
            return Err(Mistake::new(format!("an origin has no path, query or user: {entry:?}"))
                .help(format!("write `\"{before}//{host}\"`")));
        }
        let (host, port) = split_port(before, rest)?;
        check_host(entry, before, host, kind)?;
        let (domain, below) = host.strip_prefix("*.").map_or((host, false), |domain| (domain, true));
        let scheme = scheme.strip_suffix(':').map(str::to_owned);
        let port = port.or_else(|| default_port(scheme.as_deref()?));
        // Browsers write it as it is compared: in lower case, an IPv6 address in its shortest form.
        let host = host_and_port(domain).and_then(|(host, _)| host);
        let host = host.ok_or_else(|| Mistake::new(format!("{domain:?} is not a host name")))?;
        Ok(Pattern { scheme, port, host, below })
    }

    pub(super) fn matches(&self, origin: &Origin, host: &str) -> bool {
        // Without a scheme, no port stands for all.
        let port = || self.port == origin.port || (self.scheme.is_none() && self.port.is_none());
        (self.scheme.is_none() || self.scheme == origin.scheme)
            && port()
            && match host.strip_suffix(self.host.as_str()) {
                Some("") => true,
                Some(labels) => self.below && labels.ends_with('.'),
                None => false,
            }
    }
}

/// All entries of a list, or all that is wrong with them.
pub(super) fn compile<S: AsRef<str>>(list: &[S]) -> Result<Vec<Pattern>, String> {
    if list.is_empty() {
        return Err(empty_list().text);
    }
    let (mut patterns, mut errors) = (Vec::new(), Vec::new());
    for entry in list {
        match Pattern::parse(entry.as_ref()) {
            Ok(pattern) => patterns.push(pattern),
            Err(mistake) => errors.push(mistake.text),
        }
    }
    if errors.is_empty() { Ok(patterns) } else { Err(errors.join("; ")) }
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
        return Err(Mistake::new(format!("{entry:?} has no scheme before its `//`"))
            .help(format!("leave out what stands there, `\"//{rest}\"`, for pages of any scheme")));
    };
    if matches!(name, "ws" | "wss") {
        let page = name.replace("ws", "http");
        return Err(Mistake::new(format!("browsers send `{page}` origins, also for `{entry}`"))
            .help(format!("write `\"{page}://{rest}\"`")));
    }
    let own_scheme = "serve the page over `https`, or from a scheme of its own, such as `\"app://name\"`";
    if WITHOUT_ORIGIN.contains(&name) {
        return Err(Mistake::new(format!("pages of `{name}` have no origin of their own")).help(own_scheme));
    }
    if WITHOUT_PAGES.contains(&name) {
        return Err(Mistake::new(format!("no page has the scheme `{name}`"))
            .help(format!("write `\"https://{rest}\"`")));
    }
    // Whatever is spelt with these letters.
    if name.bytes().all(|byte| b"htps".contains(&byte)) {
        let meant = if name.contains('s') { "https" } else { "http" };
        return Err(Mistake::new(format!("no page has the scheme `{name}`"))
            .help(format!("did you mean `\"{meant}://{rest}\"`?")));
    }
    Ok(Kind::App)
}

fn split_port<'a>(before: &str, rest: &'a str) -> Result<(&'a str, Option<u16>), Mistake> {
    match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => match port.parse::<u16>() {
            Ok(port) if port > 0 => Ok((host, Some(port))),
            _ => Err(Mistake::new(format!("the port must be between 1 and 65535, not `{port}`"))
                .help(format!("write `\"{before}//{host}:4000\"`"))),
        },
        _ => Ok((rest, None)),
    }
}

fn check_host(entry: &str, before: &str, host: &str, kind: Kind) -> Result<(), Mistake> {
    let domain = host.strip_prefix("*.").unwrap_or(host);
    if host.is_empty() {
        let example = if kind == Kind::App { "localhost" } else { "example.com" };
        return Err(
            Mistake::new(format!("{entry:?} has no host")).help(format!("write `\"{before}//{example}\"`"))
        );
    }
    if host.contains('*') && kind == Kind::App {
        return Err(Mistake::new(format!("`*` is for domain names, and {entry:?} has none"))
            .help("list each origin as the app or the extension sends it"));
    }
    if host == "*" {
        return Err(every_host(entry));
    }
    if domain.contains('*') {
        return Err(Mistake::new(format!("`*` is only allowed as the whole first label: {entry:?}"))
            .help("write `\"//*.example.com\"`"));
    }
    if !host.is_ascii() {
        return Err(Mistake::new(format!("a host must be in ASCII form: {entry:?}"))
            .help("write the form that begins with `xn--`, as browsers send it"));
    }
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let right = match (address, kind) {
        (Some(address), _) => address.parse::<Ipv6Addr>().is_ok(),
        (None, Kind::Web) => is_name(domain),
        (None, Kind::App) => host_and_port(domain).is_some(),
    };
    if right { Ok(()) } else { Err(Mistake::new(format!("{host:?} is not a host name"))) }
}

fn no_slashes(entry: &str) -> Mistake {
    if entry == "null" {
        return Mistake::new("`null` is what every page without an origin of its own sends")
            .help("serve the page over `https`, or from a scheme of its own, such as `\"app://name\"`");
    }
    let name = match entry.trim_end_matches('/') {
        "" => "example.com",
        name => name,
    };
    if let Some((scheme, rest)) = entry.split_once(':') {
        let is_port = rest.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
        return Mistake::new(format!("{entry:?} reads as scheme `{scheme}`")).help(match is_port {
            true => format!("write `\"//{name}\"`"),
            false => format!("write `\"{scheme}://{rest}\"`"),
        });
    }
    let mistake = Mistake::new(format!("{entry:?} has no host: an origin starts with `//` or a scheme"));
    mistake.help(match name.contains('*') {
        true => format!("write `\"//{name}\"`"),
        false => format!("write `\"//{name}\"` or `\"https://{name}\"`"),
    })
}

fn every_host(entry: &str) -> Mistake {
    Mistake::new(format!("a wildcard needs a domain: {entry:?} would match only a host named `*`"))
        .help("write `\"//*.example.com\"`")
        .help("to allow every site write `check_origin = insecure(false, reason = \"..\")`")
}
