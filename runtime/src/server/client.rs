//! The client of a connection, and its marks on requests.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{
    HeaderValue, Request, Uri, header,
    uri::{Authority, PathAndQuery, Scheme},
};

use crate::interop;

/// The client of a connection.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) peer: Option<SocketAddr>,
    /// Set if the connection has TLS.
    pub(super) secured: Option<Box<Secured>>,
}

impl Client {
    /// Tells a request who sent it, and whether that was over TLS.
    pub(super) fn introduce<B>(&self, request: &mut Request<B>) {
        if let Some(secured) = &self.secured {
            secured.mark(request);
        }
        if let Some(peer) = self.peer {
            interop::put_peer(request.extensions_mut(), peer);
        }
    }
}

/// The TLS data of a connection.
#[derive(Clone, Debug)]
pub(super) struct Secured {
    /// The client's certificate.
    pub(super) certificate: Option<Bytes>,
    /// The server's address on this connection: the host of requests without one.
    pub(super) here: Authority,
}

impl Secured {
    /// Gives a request's URI the scheme `https` and a host, which a URI with a scheme needs. Adds
    /// the client's certificate.
    fn mark<B>(&self, request: &mut Request<B>) {
        let host = request
            .headers()
            .get(header::HOST)
            .map(HeaderValue::as_bytes)
            .unwrap_or_default();
        let authority = Authority::try_from(host).unwrap_or_else(|_| self.here.clone());
        let mut parts = std::mem::take(request.uri_mut()).into_parts();
        parts.scheme = Some(Scheme::HTTPS);
        parts.authority = Some(authority);
        let target = parts
            .path_and_query
            .get_or_insert_with(|| PathAndQuery::from_static("/"))
            .clone();
        *request.uri_mut() = Uri::from_parts(parts).unwrap_or_else(|_| target.into());
        if let Some(certificate) = &self.certificate {
            interop::put_certificate(request.extensions_mut(), certificate.clone());
        }
    }
}
