//! Which web pages may open a socket.

use std::net::Ipv6Addr;

use http::HeaderValue;

#[cfg(test)]
mod tests;

/// `check_origin`: which web pages may open a socket. Requests without an `origin` header do not come from a web page
/// and are always allowed.
///
/// `L` is the form of the list: a constant slice on a mount, `Vec<String>` in a running endpoint's configuration.
#[derive(Clone, Copy, Debug)]
pub enum CheckOrigin<L = Vec<String>> {
    /// `true`: the origin's host equals the endpoint's `url` host. The default.
    Host,
    /// `false`: any page of any site. It can then act in the name of any visitor who is signed in by cookie.
    Off,
    /// A list of origins, such as `"https://example.com"`, `"//example.com:4000"`, `"//*.example.com"`.
    ///
    /// A scheme that is left out stands for any scheme. A port that is left out is the scheme's own, or any port if the
    /// scheme is left out too. `*.` covers the domain behind it and all names below it.
    List(L),
    /// `conn`: scheme, host and port equal those of the request.
    Conn,
    /// A function that decides.
    Function(fn(&Origin) -> bool),
}

/// Functions are equal if their addresses are, which the compiler does not promise to keep apart.
impl<L: PartialEq> PartialEq for CheckOrigin<L> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (CheckOrigin::List(one), CheckOrigin::List(other)) => one == other,
            (CheckOrigin::Function(one), CheckOrigin::Function(other)) => std::ptr::fn_addr_eq(*one, *other),
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        }
    }
}

impl From<CheckOrigin<&'static [&'static str]>> for CheckOrigin<Vec<String>> {
    fn from(check: CheckOrigin<&'static [&'static str]>) -> Self {
        match check {
            CheckOrigin::Host => CheckOrigin::Host,
            CheckOrigin::Off => CheckOrigin::Off,
            CheckOrigin::List(list) => CheckOrigin::List(list.iter().copied().map(str::to_owned).collect()),
            CheckOrigin::Conn => CheckOrigin::Conn,
            CheckOrigin::Function(function) => CheckOrigin::Function(function),
        }
    }
}

/// The `origin` header of a request, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// The header as sent.
    pub text: String,
    /// In lower case; `None` when the header has none, such as `null`.
    pub scheme: Option<String>,
    /// In lower case, without brackets; `None` when the header has none, such as `file://`.
    pub host: Option<String>,
    /// The port, or the scheme's own.
    pub port: Option<u16>,
}

impl Origin {
    /// Takes an origin apart, such as `https://example.com:8443`; `None` if it is not written as one.
    ///
    /// ```
    /// use landfall::Origin;
    ///
    /// let origin = Origin::parse("https://Example.com").unwrap();
    /// assert_eq!(origin.host.as_deref(), Some("example.com"));
    /// assert_eq!(origin.port, Some(443));
    /// assert_eq!(Origin::parse("null").unwrap().host, None);
    /// assert_eq!(Origin::parse("https://example.com:https"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Origin> {
        let parts = Parts::of(text)?;
        let scheme = parts.scheme.map(str::to_ascii_lowercase);
        let port = parts.port.or_else(|| default_port(scheme.as_deref()?));
        Some(Origin { text: text.to_owned(), scheme, host: parts.host, port })
    }
}

/// A `check_origin` made ready for requests.
#[derive(Clone, Debug)]
pub(crate) enum OriginCheck {
    /// Not even looked at.
    Off,
    AnyHost,
    Host(String),
    List(Vec<Pattern>),
    Conn,
    Function(fn(&Origin) -> bool),
}

/// What `conn` compares with: the request as the endpoint understands it, after `rewrite_on`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OriginRequest<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) host: &'a str,
    pub(crate) port: u16,
}

impl OriginCheck {
    /// Without a host in `url`, [`CheckOrigin::Host`] has nothing to compare with and allows every origin.
    pub(crate) fn compile<L, S>(check: &CheckOrigin<L>, url_host: Option<&str>) -> Result<OriginCheck, String>
    where
        L: AsRef<[S]>,
        S: AsRef<str>,
    {
        Ok(match check {
            CheckOrigin::Host => match url_host {
                Some(host) => OriginCheck::Host(plain_host(host)),
                None => OriginCheck::AnyHost,
            },
            CheckOrigin::Off => OriginCheck::Off,
            CheckOrigin::List(list) => OriginCheck::List(compile_list(list.as_ref())?),
            CheckOrigin::Conn => OriginCheck::Conn,
            CheckOrigin::Function(function) => OriginCheck::Function(*function),
        })
    }

    /// Decides by the values of a request's `origin` headers. May run a function of the application, which may panic.
    pub(crate) fn allows<'a>(
        &self,
        mut headers: impl Iterator<Item = &'a HeaderValue>,
        request: &OriginRequest<'_>,
    ) -> bool {
        let Some(header) = headers.next() else { return true };
        if let OriginCheck::Off = self {
            return true;
        }
        if headers.next().is_some() {
            return false;
        }
        header
            .to_str()
            .ok()
            .and_then(Origin::parse)
            .is_some_and(|origin| self.allows_origin(&origin, request))
    }

    fn allows_origin(&self, origin: &Origin, request: &OriginRequest<'_>) -> bool {
        match (self, &origin.host) {
            (OriginCheck::Off, _) => true,
            (OriginCheck::Function(function), _) => function(origin),
            (_, None) => false,
            (OriginCheck::AnyHost, Some(_)) => true,
            (OriginCheck::Host(own), Some(host)) => own == host,
            (OriginCheck::List(patterns), Some(host)) => patterns.iter().any(|one| one.matches(origin, host)),
            (OriginCheck::Conn, Some(host)) => {
                origin.scheme.as_deref() == Some(request.scheme)
                    && *host == plain_host(request.host)
                    && origin.port == Some(request.port)
            }
        }
    }
}

/// One entry of a list.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    scheme: Option<String>,
    port: Option<u16>,
    host: String,
    /// Whether names below `host` match too.
    below: bool,
}

impl Pattern {
    fn parse(text: &str) -> Result<Pattern, String> {
        let fault = |what: &str| Err(format!("`{text:?}` {what}"));
        let (plain, below) = match text.split_once("//*.") {
            Some((scheme, domain)) => (format!("{scheme}//{domain}"), true),
            None => (text.to_owned(), false),
        };
        if plain.contains('*') {
            return fault("has a `*` elsewhere than in front of a domain, as in `\"//*.example.com\"`");
        }
        let Some(parts) = Parts::of(&plain) else { return fault("is not an origin") };
        let Some(host) = parts.host else {
            return fault(
                "has no host: an origin starts with `//` or a scheme, as in `\"https://example.com\"`",
            );
        };
        if !parts.bare {
            return fault("has more than a scheme, a host and a port: an origin has no path");
        }
        let scheme = parts.scheme.map(str::to_ascii_lowercase);
        match scheme.as_deref() {
            None | Some("http" | "https") => {}
            Some("ws" | "wss") => {
                return fault("never matches: pages have `http` or `https`, WebSocket or not");
            }
            Some(_) => return fault("has another scheme than `http` and `https`"),
        }
        let port = parts.port.or_else(|| default_port(scheme.as_deref()?));
        Ok(Pattern { scheme, port, host, below })
    }

    fn matches(&self, origin: &Origin, host: &str) -> bool {
        (self.scheme.is_none() || self.scheme == origin.scheme)
            && (self.port.is_none() || self.port == origin.port)
            && match host.strip_suffix(self.host.as_str()) {
                Some("") => true,
                Some(labels) => self.below && labels.ends_with('.'),
                None => false,
            }
    }
}

fn compile_list<S: AsRef<str>>(list: &[S]) -> Result<Vec<Pattern>, String> {
    if list.is_empty() {
        return Err("an empty list refuses every browser".to_owned());
    }
    let (mut patterns, mut errors) = (Vec::new(), Vec::new());
    for text in list {
        match Pattern::parse(text.as_ref()) {
            Ok(pattern) => patterns.push(pattern),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(patterns) } else { Err(errors.join("; ")) }
}

/// A URI as far as an origin needs it (RFC 3986 §3).
struct Parts<'a> {
    scheme: Option<&'a str>,
    host: Option<String>,
    port: Option<u16>,
    /// Nothing but scheme, host and port.
    bare: bool,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Parts<'a>> {
        if !text.bytes().all(is_uri_byte) {
            return None;
        }
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
            _ => (None, text),
        };
        let Some(rest) = rest.strip_prefix("//") else {
            return Some(Parts { scheme, host: None, port: None, bare: false });
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
        Some(Parts { scheme, host, port, bare: user.is_none() && authority.len() == rest.len() })
    }
}

fn host_and_port(text: &str) -> Option<(Option<String>, Option<u16>)> {
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
            (Some(name.to_ascii_lowercase()).filter(|name| !name.is_empty()), port)
        }
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        None => return None,
        Some("") => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        Some(_) => return None,
    };
    Some((host, port))
}

/// A host as [`Parts`] has it: in lower case, IPv6 addresses in their shortest form and without brackets.
fn plain_host(host: &str) -> String {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match bare.parse::<Ipv6Addr>() {
        Ok(address) => address.to_string(),
        Err(_) => host.to_ascii_lowercase(),
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}
