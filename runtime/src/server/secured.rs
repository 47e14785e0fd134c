//! The TLS data of a connection, and its marks on requests.

use bytes::Bytes;
use http::{
    HeaderValue, Request, Uri, header,
    uri::{Authority, PathAndQuery, Scheme},
};

use crate::interop;

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
    pub(super) fn mark<B>(&self, request: &mut Request<B>) {
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
