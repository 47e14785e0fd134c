//! Decides which web pages may open a socket.
//!
//! Browsers send cookies with a WebSocket of any page, and say in the header `origin` which page it
//! is. `check_origin` of [`endpoint!`](macro@crate::endpoint) says which are let in, for all mounts
//! or for one; [`CheckOrigin`] is what it stands for:
//!
//! ```
//! use landfall::prelude::*;
//!
//! endpoint! {
//!     struct Edge;
//!     // In place of the host of `url`.
//!     check_origin = ["https://example.com", "//*.example.org"];
//! }
//! ```

mod parts;
mod pattern;
#[cfg(test)]
mod tests;

use http::HeaderValue;

use self::parts::{Parts, default_port, plain_host};
pub(crate) use self::pattern::Pattern;
use crate::{handle::Handle, header};

/// `check_origin`: which web pages may open a socket. Requests without an `origin` header do not
/// come from a web page and are always allowed.
///
/// `L` is the form of the list: a constant slice on a mount, `Vec<String>` in a running endpoint's
/// configuration.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum CheckOrigin<L = Vec<String>> {
    /// `true`: the origin's host equals the endpoint's `url` host. The default.
    Host,
    /// `false`: any page of any site. Such a page can act in the name of a visitor who is signed in
    /// by a cookie.
    Off,
    /// A list of origins, such as `"https://example.com"`, `"//example.com:4000"`,
    /// `"//*.example.com"`.
    ///
    /// Without a scheme, an entry matches any scheme. Without a port, it matches the scheme's
    /// default port, or any port if it has no scheme either. `*.` matches the domain after it, and
    /// all names below that.
    ///
    /// Apps with a web view and browser extensions have schemes of their own:
    /// `"capacitor://localhost"`, `"tauri://localhost"`, `"chrome-extension://<id>"`. Such an entry
    /// matches exactly this origin: the scheme has no default port, and no names below another.
    /// Pages whose origin is `null` or `file://` cannot be listed: anybody can make one.
    List(L),
    /// `conn`: scheme, host and port equal those of the request.
    Conn,
    /// A function that decides. It is given the endpoint too, and with it the application's state.
    Function(OriginFunction),
}

/// Decides about an origin. It is given the endpoint too, and with it the application's state.
pub type OriginFunction = fn(&Origin, &Handle) -> bool;

/// Functions are equal if their addresses are. The compiler may give two functions the same
/// address.
impl<L: PartialEq> PartialEq for CheckOrigin<L> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (CheckOrigin::List(one), CheckOrigin::List(other)) => one == other,
            (CheckOrigin::Function(one), CheckOrigin::Function(other)) => {
                std::ptr::fn_addr_eq(*one, *other)
            }
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        }
    }
}

impl From<CheckOrigin<&'static [&'static str]>> for CheckOrigin<Vec<String>> {
    fn from(check: CheckOrigin<&'static [&'static str]>) -> Self {
        match check {
            CheckOrigin::Host => CheckOrigin::Host,
            CheckOrigin::Off => CheckOrigin::Off,
            CheckOrigin::List(list) => {
                CheckOrigin::List(list.iter().copied().map(str::to_owned).collect())
            }
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
    /// The scheme in lower case; `None` if the header has none, as in `null`.
    pub scheme: Option<String>,
    /// The host in lower case, without brackets; `None` if the header has none, as in `file://`.
    pub host: Option<String>,
    /// The port, or the scheme's default.
    pub port: Option<u16>,
}

impl Origin {
    /// Parses an origin, such as `https://example.com:8443`; `None` if it is malformed.
    ///
    /// ```
    /// use landfall::origin::Origin;
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
        Some(Origin {
            text: text.to_owned(),
            scheme,
            host: parts.host,
            port,
        })
    }

    pub(crate) fn read(header: &HeaderValue) -> Option<Origin> {
        Origin::parse(str::from_utf8(header::trim(header.as_bytes())).ok()?)
    }

    /// The entry of a list that matches this origin; `None` if there can be none.
    pub(crate) fn entry(&self) -> Option<String> {
        let (scheme, host) = (self.scheme.as_deref()?, self.host.as_deref()?);
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        let port = self.port.filter(|port| default_port(scheme) != Some(*port));
        let port = port.map_or(String::new(), |port| format!(":{port}"));
        Some(format!("{scheme}://{host}{port}")).filter(|entry| Pattern::parse(entry).is_ok())
    }
}

/// A compiled `check_origin`.
#[derive(Clone, Debug)]
pub(crate) enum OriginCheck {
    /// Origins are not checked.
    Off,
    AnyHost,
    Host(String),
    List(Vec<Pattern>),
    Conn,
    Function(OriginFunction),
}

/// What `conn` compares with: the request as the endpoint sees it, after `rewrite_on`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OriginRequest<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) host: &'a str,
    pub(crate) port: u16,
}

impl OriginCheck {
    /// Whether origins are compared with the request itself.
    pub(crate) fn is_conn(&self) -> bool {
        matches!(self, OriginCheck::Conn)
    }

    /// Without a host in `url`, [`CheckOrigin::Host`] has nothing to compare with and allows every
    /// origin.
    pub(crate) fn compile<L, S>(
        check: &CheckOrigin<L>,
        url_host: Option<&str>,
    ) -> Result<OriginCheck, String>
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
            CheckOrigin::List(list) => OriginCheck::List(pattern::compile(list.as_ref())?),
            CheckOrigin::Conn => OriginCheck::Conn,
            CheckOrigin::Function(function) => OriginCheck::Function(*function),
        })
    }

    /// Decides by the values of a request's `origin` headers. It may call a function of the
    /// application, which may panic.
    pub(crate) fn allows<'a>(
        &self,
        mut headers: impl Iterator<Item = &'a HeaderValue>,
        request: &OriginRequest<'_>,
        ask: impl FnOnce(OriginFunction, &Origin) -> bool,
    ) -> bool {
        let Some(header) = headers.next() else {
            return true;
        };
        if let OriginCheck::Off = self {
            return true;
        }
        if headers.next().is_some() {
            return false;
        }
        Origin::read(header).is_some_and(|origin| self.allows_origin(&origin, request, ask))
    }

    fn allows_origin(
        &self,
        origin: &Origin,
        request: &OriginRequest<'_>,
        ask: impl FnOnce(OriginFunction, &Origin) -> bool,
    ) -> bool {
        match (self, &origin.host) {
            (OriginCheck::Off, _) => true,
            (OriginCheck::Function(function), _) => ask(*function, origin),
            (_, None) => false,
            // Anybody can make a file.
            _ if origin.scheme.as_deref() == Some("file") => false,
            (OriginCheck::AnyHost, Some(_)) => true,
            (OriginCheck::Host(own), Some(host)) => own == host,
            (OriginCheck::List(patterns), Some(host)) => {
                let scheme = origin.scheme.as_deref();
                patterns
                    .iter()
                    .any(|one| one.matches(scheme, host, origin.port))
            }
            (OriginCheck::Conn, Some(host)) => {
                origin.scheme.as_deref() == Some(request.scheme)
                    && *host == plain_host(request.host)
                    && origin.port == Some(request.port)
            }
        }
    }
}
