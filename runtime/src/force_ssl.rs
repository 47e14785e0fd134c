//! `force_ssl`: redirects requests that did not come over TLS.

use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{CONTENT_LENGTH, LOCATION},
    request::Parts,
};
use tracing::Level;

use crate::{
    arrival::{self, Forwarded, Head},
    body::{Body, respond},
    config::Scheme,
    contain,
    escape::told,
    grammar,
    handle::Handle,
    interop,
    level::at_level,
    origin::OriginRequest,
    plug::{forbid_caching, plain},
};

/// Which requests `force_ssl` leaves alone.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Exclude {
    /// Those for these hosts.
    Hosts(&'static [&'static str]),
    /// Those for which the function returns `true`. It is given the request's head, as trusted
    /// proxies describe it. If it panics, the request is not excluded.
    Function(fn(&Parts, &Handle) -> bool),
}

/// Where `force_ssl` redirects requests.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum SecureHost {
    /// To the endpoint's URL.
    Url,
    /// To the host that the request names, without its port. The client chooses this host.
    Conn,
    /// To this host, with or without a port.
    Named(&'static str),
    /// To the host that the function returns, with or without a port. It is given the request's
    /// head, as trusted proxies describe it. If it panics, or returns no host, the request is
    /// redirected to the endpoint's URL, and an error is logged.
    Function(fn(&Parts, &Handle) -> String),
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
    /// Requests that are not redirected, and whose answers do not have the header. Default: those for
    /// the host `localhost`.
    pub exclude: Exclude,
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
        exclude: Exclude::Hosts(&["localhost"]),
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
        let excluded =
            self.excludes(host, request, handle) || self.exclude_paths.contains(&whole.path());
        match scheme {
            _ if excluded => Passage::Free,
            "https" => Passage::Secure,
            _ => Passage::Redirected(self.redirect(request, handle)),
        }
    }

    fn excludes(&self, host: &str, request: &impl Head, handle: &Handle) -> bool {
        match self.exclude {
            Exclude::Hosts(hosts) => hosts
                .iter()
                .any(|excluded| excluded.eq_ignore_ascii_case(host)),
            Exclude::Function(excludes) => {
                let head = copy(request);
                let excluded = contain::call(|| excludes(&head, handle));
                excluded.unwrap_or_else(|panic| {
                    tracing::error!("`exclude` of `force_ssl` panicked: {panic}");
                    false
                })
            }
        }
    }

    /// Redirects to the declared host. A request chooses it only by `SecureHost::Conn`.
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
            SecureHost::Function(host) => computed(host, &copy(request), handle),
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

/// The host that a function of the application returns, if it can stand in a URL.
fn computed(host: fn(&Parts, &Handle) -> String, head: &Parts, handle: &Handle) -> String {
    match contain::call(|| host(head, handle)) {
        Ok(host) if grammar::host::is_authority(&host) => return format!("https://{host}"),
        Ok(host) => {
            let host = told(&host).to_string();
            tracing::error!(host, "`host` of `force_ssl` returned what is no host");
        }
        Err(panic) => tracing::error!("`host` of `force_ssl` panicked: {panic}"),
    }
    public(handle)
}

/// A copy of the head of a request, for functions of the application.
fn copy(request: &impl Head) -> Parts {
    let (mut head, ()) = Request::new(()).into_parts();
    head.method = request.method().clone();
    head.uri = request.uri().clone();
    head.version = request.version();
    head.headers = request.headers().clone();
    head.extensions = request.extensions().clone();
    head
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
