//! How a request arrived: its scheme, host, port and peer. All code that needs them asks here, or
//! reads the URI, which says the same after [`rewrite`].

mod local;

use std::net::SocketAddr;

use http::{
    Extensions, HeaderMap, Method, Request, Uri, Version,
    header::HOST,
    request::Parts,
    uri::{Authority, PathAndQuery},
};

pub(crate) use self::local::is_local;
use crate::{config::Scheme, header, interop, origin::OriginRequest, proxies::TrustedProxies};

/// A header that tells what a proxy was asked: one of `rewrite_on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Forwarded {
    /// `x-forwarded-for`: the client's address.
    For,
    /// `x-forwarded-host`: the host, with or without a port.
    Host,
    /// `x-forwarded-port`: the port.
    Port,
    /// `x-forwarded-proto`: `http` or `https`.
    Proto,
}

/// Scheme, host and port, as the client named them. A request that names several hosts has no host.
pub(crate) fn authority(parts: &Parts) -> OriginRequest<'_> {
    named(&parts.uri, &parts.headers)
}

pub(crate) fn named<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> OriginRequest<'a> {
    let scheme = uri.scheme_str().unwrap_or("http");
    let named = match uri.authority() {
        Some(authority) => authority.as_str().rsplit('@').next().unwrap_or_default(),
        None => header::one(headers, HOST)
            .and_then(|host| str::from_utf8(host).ok())
            .unwrap_or_default(),
    };
    let (host, port) = header::host_and_port(named);
    let port = port
        .and_then(|port| port.parse().ok())
        .unwrap_or_else(|| default_port(scheme));
    OriginRequest { scheme, host, port }
}

fn default_port(scheme: &str) -> u16 {
    if scheme == "https" {
        Scheme::Https.default_port()
    } else {
        Scheme::Http.default_port()
    }
}

/// The head of a request, with its body or without.
pub(crate) trait Head {
    fn method(&self) -> &Method;
    fn uri(&self) -> &Uri;
    fn version(&self) -> Version;
    fn headers(&self) -> &HeaderMap;
    fn extensions(&self) -> &Extensions;
    fn uri_mut(&mut self) -> &mut Uri;
    fn extensions_mut(&mut self) -> &mut Extensions;
}

impl<B> Head for Request<B> {
    fn method(&self) -> &Method {
        self.method()
    }

    fn uri(&self) -> &Uri {
        self.uri()
    }

    fn version(&self) -> Version {
        self.version()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }

    fn extensions(&self) -> &Extensions {
        self.extensions()
    }

    fn uri_mut(&mut self) -> &mut Uri {
        self.uri_mut()
    }

    fn extensions_mut(&mut self) -> &mut Extensions {
        self.extensions_mut()
    }
}

impl Head for Parts {
    fn method(&self) -> &Method {
        &self.method
    }

    fn uri(&self) -> &Uri {
        &self.uri
    }

    fn version(&self) -> Version {
        self.version
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    fn uri_mut(&mut self) -> &mut Uri {
        &mut self.uri
    }

    fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.extensions
    }
}

/// Rewrites a request to what its proxy was asked. Only trusted proxies are believed. A header that
/// occurs more than once, or is not valid, changes nothing.
pub(crate) fn rewrite(request: &mut impl Head, believed: &[Forwarded], proxies: &TrustedProxies) {
    let peer = interop::peer(request.extensions()).map(|address| address.ip());
    if !proxies.trusts(peer) {
        return;
    }
    if let Some(uri) = forwarded_uri(request, believed) {
        *request.uri_mut() = uri;
    }
    if believed.contains(&Forwarded::For)
        && let Some(client) = proxies.client_ip(peer, request.headers())
        && Some(client) != peer.map(|address| address.to_canonical())
    {
        interop::put_peer(request.extensions_mut(), SocketAddr::new(client, 0));
    }
}

/// The URI that the proxy was asked for; `None` if that changes nothing.
fn forwarded_uri(request: &impl Head, believed: &[Forwarded]) -> Option<Uri> {
    let headers = request.headers();
    let said = |header, name: &str| {
        let value = believed
            .contains(&header)
            .then(|| header::one(headers, name))
            .flatten();
        value.and_then(|value| str::from_utf8(value).ok())
    };
    let proto = said(Forwarded::Proto, "x-forwarded-proto")
        .filter(|proto| ["http", "https"].contains(proto));
    let host = said(Forwarded::Host, "x-forwarded-host").filter(|host| is_host(host));
    let port = said(Forwarded::Port, "x-forwarded-port").and_then(|port| port.parse::<u16>().ok());
    if proto.is_none() && host.is_none() && port.is_none() {
        return None;
    }
    let before = named(request.uri(), headers);
    let scheme = proto.unwrap_or(before.scheme);
    let (host, own_port) = match host {
        Some(host) => header::host_and_port(host),
        // A default port changes with the scheme.
        None if before.port == default_port(before.scheme) => (before.host, None),
        None => (before.host, Some("")),
    };
    let own_port = match own_port {
        Some("") => Some(before.port),
        own_port => own_port.and_then(|port| port.parse().ok()),
    };
    let port = port
        .or(own_port)
        .filter(|port| *port != default_port(scheme));
    let authority = match port {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let target = request
        .uri()
        .path_and_query()
        .cloned()
        .unwrap_or_else(|| PathAndQuery::from_static("/"));
    Uri::builder()
        .scheme(scheme)
        .authority(authority)
        .path_and_query(target)
        .build()
        .ok()
}

fn is_host(text: &str) -> bool {
    let names =
        |authority: &Authority| !authority.host().is_empty() && !authority.as_str().contains('@');
    text.parse().is_ok_and(|authority| names(&authority))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    const ALL: &[Forwarded] = &[
        Forwarded::For,
        Forwarded::Host,
        Forwarded::Port,
        Forwarded::Proto,
    ];

    fn came(uri: &str, host: &str, headers: &[(&'static str, &str)]) -> Request<()> {
        let mut request = Request::new(());
        *request.uri_mut() = uri.parse().expect("a URI");
        request
            .headers_mut()
            .insert(HOST, host.parse().expect("a host"));
        for (name, value) in headers {
            request
                .headers_mut()
                .append(*name, value.parse().expect("a value"));
        }
        interop::put_peer(
            request.extensions_mut(),
            SocketAddr::new([10, 0, 0, 1].into(), 7),
        );
        request
    }

    fn rewritten(mut request: Request<()>, believed: &[Forwarded]) -> (String, Option<IpAddr>) {
        rewrite(&mut request, believed, &["10.0.0.0/8"].into());
        let peer = interop::peer(request.extensions()).map(|peer| peer.ip());
        let OriginRequest { scheme, host, port } = named(request.uri(), request.headers());
        (
            format!("{scheme}://{host}:{port}{}", request.uri().path()),
            peer,
        )
    }

    #[test]
    fn each_header_says_its_part() {
        let said = |host: &str, headers: &[_]| rewritten(came("/x", host, headers), ALL).0;
        let proto = ("x-forwarded-proto", "https");
        assert_eq!(said("a.com", &[]), "http://a.com:80/x");
        assert_eq!(said("a.com", &[proto]), "https://a.com:443/x");
        assert_eq!(said("a.com:80", &[proto]), "https://a.com:443/x");
        assert_eq!(said("a.com:4000", &[proto]), "https://a.com:4000/x");
        assert_eq!(
            said("a.com", &[proto, ("x-forwarded-port", "8443")]),
            "https://a.com:8443/x"
        );
        assert_eq!(
            said("inner:4000", &[proto, ("x-forwarded-host", "a.com")]),
            "https://a.com:443/x"
        );
        assert_eq!(
            said("inner", &[("x-forwarded-host", "a.com:81")]),
            "http://a.com:81/x"
        );
        assert_eq!(
            said("inner", &[("x-forwarded-host", "[::1]")]),
            "http://[::1]:80/x"
        );
        assert_eq!(
            said("a.com:4000", &[("x-forwarded-proto", "http")]),
            "http://a.com:4000/x"
        );
    }

    #[test]
    fn what_is_not_clear_or_not_asked_for_changes_nothing() {
        let said = |believed: &[Forwarded], headers: &[_]| {
            rewritten(came("/x", "a.com", headers), believed).0
        };
        let as_it_was = "http://a.com:80/x";
        let proto = ("x-forwarded-proto", "https");
        assert_eq!(said(&[Forwarded::Host], &[proto]), as_it_was);
        assert_eq!(said(ALL, &[proto, proto]), as_it_was, "twice");
        for header in [
            ("x-forwarded-proto", "https, http"),
            ("x-forwarded-proto", "wss"),
            ("x-forwarded-port", "99999"),
            ("x-forwarded-port", "-1"),
            ("x-forwarded-host", "a.com/evil"),
            ("x-forwarded-host", "you@evil.com"),
            ("x-forwarded-host", ""),
            ("x-forwarded-host", "a.com, b.com"),
        ] {
            assert_eq!(said(ALL, &[header]), as_it_was, "{header:?}");
        }
    }

    #[test]
    fn nobody_is_believed_who_is_not_trusted() {
        let mut request = came(
            "/x",
            "a.com",
            &[
                ("x-forwarded-proto", "https"),
                ("x-forwarded-for", "1.2.3.4"),
            ],
        );
        interop::put_peer(
            request.extensions_mut(),
            SocketAddr::new([192, 0, 2, 1].into(), 7),
        );
        assert_eq!(
            rewritten(request, ALL),
            ("http://a.com:80/x".to_owned(), Some([192, 0, 2, 1].into()))
        );
    }

    #[test]
    fn the_peer_is_the_one_that_the_proxies_forward() {
        let headers = &[("x-forwarded-for", "6.6.6.6, 1.2.3.4, 10.0.0.2")];
        assert_eq!(
            rewritten(came("/", "a.com", headers), ALL).1,
            Some([1, 2, 3, 4].into())
        );
        assert_eq!(
            rewritten(came("/", "a.com", headers), &[Forwarded::Proto]).1,
            Some([10, 0, 0, 1].into())
        );
    }
}
