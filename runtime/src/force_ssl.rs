//! `force_ssl`: redirects requests that did not come over TLS.

use http::{
    HeaderValue, Method, Response, StatusCode,
    header::{CONTENT_LENGTH, LOCATION},
};
use tracing::Level;

use crate::{
    arrival::{self, Forwarded, Head},
    body::{Body, respond},
    config::Scheme,
    escape::told,
    handle::Handle,
    interop,
    level::at_level,
    origin::OriginRequest,
    plug::{forbid_caching, plain},
};

/// Where `force_ssl` redirects requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecureHost {
    /// To the endpoint's URL.
    Url,
    /// To the host that the request names, without its port. The client chooses this host.
    Conn,
    /// To this host, with or without a port.
    Named(&'static str),
}

/// `force_ssl(..)`: a request over `http` is redirected to `https`, and browsers are told to use
/// only `https`. It is a directive of an endpoint, or a step of a transport:
/// [`Attempt::force_ssl`](crate::transport::Attempt::force_ssl).
#[derive(Clone, Copy, Debug)]
pub struct ForceSsl {
    /// Whether answers over `https` have the header `strict-transport-security`. Default `true`.
    pub hsts: bool,
    /// For how many seconds browsers remember it. Default 31,536,000: a year.
    pub expires: usize,
    /// Whether browsers may have the host on their built-in list. Default `false`.
    pub preload: bool,
    /// Whether it applies to all subdomains too. Default `false`.
    pub subdomains: bool,
    /// Hosts that are not redirected, and whose answers do not have the header. Default
    /// `["localhost"]`.
    pub exclude: &'static [&'static str],
    /// Paths that are not redirected, and whose answers do not have the header. A whole path is
    /// compared. Default none.
    pub exclude_paths: &'static [&'static str],
    /// Where a request is redirected. Default: host and port of the endpoint's URL.
    pub host: SecureHost,
    /// Headers of trusted proxies that describe a request, as in the directive `rewrite_on`.
    /// Default none.
    pub rewrite_on: &'static [Forwarded],
    /// The level at which a redirect is logged. Default `info`.
    pub log: Option<Level>,
}

impl ForceSsl {
    /// No key set.
    pub const DEFAULT: ForceSsl = ForceSsl {
        hsts: true,
        expires: 31_536_000,
        preload: false,
        subdomains: false,
        exclude: &["localhost"],
        exclude_paths: &[],
        host: SecureHost::Url,
        rewrite_on: &[],
        log: Some(Level::INFO),
    };

    /// The value of `strict-transport-security`; `None` without `hsts`.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let preload = if self.preload { "; preload" } else { "" };
        let subdomains = if self.subdomains {
            "; includeSubDomains"
        } else {
            ""
        };
        let value = HeaderValue::try_from(format!("max-age={}{preload}{subdomains}", self.expires));
        value.ok().filter(|_| self.hsts)
    }
}

/// What is done with a request.
pub(crate) enum Passage {
    Free,
    /// It came over TLS: the answer has the header of [`ForceSsl::header`].
    Secure,
    Redirected(Response<Body>),
}

impl ForceSsl {
    pub(crate) fn pass(&self, request: &impl Head, handle: &Handle) -> Passage {
        let OriginRequest { scheme, host, .. } = arrival::named(request.uri(), request.headers());
        let whole = interop::full(request.uri(), request.extensions());
        let excluded = self
            .exclude
            .iter()
            .any(|excluded| excluded.eq_ignore_ascii_case(host))
            || self.exclude_paths.contains(&whole.path());
        match scheme {
            _ if excluded => Passage::Free,
            "https" => Passage::Secure,
            _ => Passage::Redirected(self.redirect(request, handle)),
        }
    }

    /// Redirects to the declared host. Only `SecureHost::Conn` uses the host of the request.
    fn redirect(&self, request: &impl Head, handle: &Handle) -> Response<Body> {
        let to = match self.host {
            SecureHost::Url => public(handle),
            SecureHost::Conn => {
                format!(
                    "https://{}",
                    arrival::named(request.uri(), request.headers()).host
                )
            }
            SecureHost::Named(host) => format!("https://{host}"),
        };
        let whole = interop::full(request.uri(), request.extensions());
        let target = whole.path_and_query().map(|target| target.as_str());
        // A target without a leading slash, such as `*`, would become a part of the host's name.
        let target = target
            .filter(|target| target.starts_with('/'))
            .unwrap_or("/");
        let Ok(location) = HeaderValue::try_from(format!("{to}{target}")) else {
            return plain(StatusCode::BAD_REQUEST);
        };
        let method = request.method();
        let status = match *method {
            Method::GET | Method::HEAD => StatusCode::MOVED_PERMANENTLY,
            _ => StatusCode::TEMPORARY_REDIRECT,
        };
        self.log(method, whole.path(), &to, status);
        let mut response = respond(status, Body::empty());
        response.headers_mut().insert(LOCATION, location);
        response
            .headers_mut()
            .insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        // Browsers would cache a 301 for ever.
        forbid_caching(&mut response);
        response
    }

    fn log(&self, method: &Method, path: &str, to: &str, status: StatusCode) {
        if let Some(level) = self.log {
            let (path, status) = (told(&path), status.as_u16());
            at_level!(level, %method, %path, status, "redirecting to {to}");
        }
    }
}

/// The endpoint's own URL with the scheme `https`. Its configured port is kept only if its
/// configured scheme is `https`.
fn public(handle: &Handle) -> String {
    let mut url = handle.struct_url();
    if url.scheme != Scheme::Https {
        (url.scheme, url.port) = (Scheme::Https, Scheme::Https.default_port());
    }
    url.to_string()
}
