//! The entries of a list of origins: what they may look like.
//!
//! The runtime looks at those of files and the environment in the same words; its `findings.txt` has what both have to say.

use std::net::Ipv6Addr;

use crate::host::is_name;

/// Schemes whose pages have the origin `null`, or one that they share with all others.
const WITHOUT_ORIGIN: [&str; 6] = ["about", "blob", "data", "file", "filesystem", "javascript"];
/// Schemes that no page has.
const WITHOUT_PAGES: [&str; 5] = ["ftp", "ftps", "mailto", "tcp", "udp"];

/// What is wrong with an entry, and what helps.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) text: String,
    pub(super) help: Vec<String>,
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

/// Looks at an entry, such as `"//*.example.com:888"`.
pub(super) fn check(entry: &str) -> Result<(), Mistake> {
    if entry == "*" {
        return Err(every_host(entry));
    }
    let Some((before, rest)) = entry.split_once("//") else { return Err(no_slashes(entry)) };
    let scheme = before.to_ascii_lowercase();
    let kind = kind(entry, &scheme, rest)?;
    if let Some(end) = rest.find(['/', '?', '#', '@', '\\']) {
        let host = if rest.contains('@') { "example.com" } else { rest.get(..end).unwrap_or_default() };
        return Err(Mistake::new(format!("an origin has no path, query or user: {entry:?}"))
            .help(format!("write `\"{before}//{host}\"`")));
    }
    check_host(entry, before, without_port(before, rest)?, kind)
}

pub(super) fn empty_list() -> Mistake {
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

fn without_port<'a>(before: &str, rest: &'a str) -> Result<&'a str, Mistake> {
    match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => match port.parse::<u16>() {
            Ok(port) if port > 0 => Ok(host),
            _ => Err(Mistake::new(format!("the port must be between 1 and 65535, not `{port}`"))
                .help(format!("write `\"{before}//{host}:4000\"`"))),
        },
        _ => Ok(rest),
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
        (None, Kind::App) => is_app_name(domain),
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

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// What browsers can send as the host of an app.
fn is_app_name(host: &str) -> bool {
    let in_use = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    host.bytes().all(in_use) && !host.starts_with('.') && !host.contains("..")
}
