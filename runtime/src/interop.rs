//! What the outer server says about a request: our own, or axum's if an endpoint is nested in its
//! router.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Extensions, Uri, request::Parts};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::stream::Stream;

/// With axum, its type is used for our server too: each extension costs a request an allocation.
#[cfg(feature = "axum")]
use axum::extract::ConnectInfo as Peer;

#[cfg(not(feature = "axum"))]
#[derive(Clone)]
struct Peer<T>(T);

/// Stores the address of the connection's peer. The peer of a Unix socket has none.
pub(crate) fn put_peer(extensions: &mut Extensions, peer: SocketAddr) {
    extensions.insert(Peer(peer));
}

/// The address of the connection's peer, if it is known.
pub(crate) fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<Peer<SocketAddr>>().map(|peer| peer.0)
}

#[derive(Clone)]
struct Certificate(Bytes);

/// Stores the client's TLS certificate.
pub(crate) fn put_certificate(extensions: &mut Extensions, certificate: Bytes) {
    extensions.insert(Certificate(certificate));
}

/// The client's TLS certificate, if it presented one.
pub(crate) fn certificate(extensions: &Extensions) -> Option<Bytes> {
    extensions
        .get()
        .map(|Certificate(certificate)| certificate.clone())
}

/// What a stream of HTTP/2 is asked to become (RFC 8441).
pub(crate) fn protocol(extensions: &Extensions) -> Option<&str> {
    #[cfg(feature = "http2")]
    return extensions
        .get::<hyper::ext::Protocol>()
        .map(hyper::ext::Protocol::as_str);
    #[cfg(not(feature = "http2"))]
    {
        let _ = extensions;
        None
    }
}

/// The URI as the client sent it, including the prefix that a nesting router has stripped.
pub(crate) fn full_uri(parts: &Parts) -> &Uri {
    full(&parts.uri, &parts.extensions)
}

/// [`full`] for a whole request.
pub(crate) fn full<'a>(uri: &'a Uri, extensions: &'a Extensions) -> &'a Uri {
    #[cfg(feature = "axum")]
    if let Some(axum::extract::OriginalUri(uri)) = extensions.get() {
        return uri;
    }
    let _ = extensions;
    uri
}

/// The stream of another server's connection, and the bytes that the server has read ahead.
pub(crate) fn stream(upgraded: Upgraded) -> (Stream, Bytes) {
    // axum's server wraps its streams.
    #[cfg(feature = "axum")]
    let upgraded =
        match hyper_util::server::conn::auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded) {
            Ok(parts) => return (Stream::Tcp(parts.io.into_inner()), parts.read_buf),
            Err(upgraded) => upgraded,
        };
    match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => (Stream::Tcp(parts.io.into_inner()), parts.read_buf),
        Err(upgraded) => (Stream::new(TokioIo::new(upgraded)), Bytes::new()),
    }
}

#[cfg(feature = "axum")]
mod extract {
    use axum::{
        extract::FromRequestParts,
        http::StatusCode,
        response::{IntoResponse, Response},
    };
    use http::request::Parts;

    use crate::{failure::Failure, handle::Handle, session::Session};

    /// Lets handlers return the error: `Result<Html<String>, Failure>`.
    impl IntoResponse for Failure {
        fn into_response(self) -> Response {
            Failure::into_response(self).map(axum::body::Body::new)
        }
    }

    /// Lets handlers of a router that an endpoint ends in take the endpoint as an argument.
    impl<S: Sync> FromRequestParts<S> for Handle {
        type Rejection = (StatusCode, &'static str);

        async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
            const OUTSIDE: &str = "the request did not come through an endpoint";
            parts
                .extensions
                .get::<Handle>()
                .cloned()
                .ok_or((StatusCode::INTERNAL_SERVER_ERROR, OUTSIDE))
        }
    }

    /// Lets handlers behind the plug `Sessions` take the visitor's session as an argument.
    impl<S: Sync> FromRequestParts<S> for Session {
        type Rejection = (StatusCode, &'static str);

        async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
            const OUTSIDE: &str = "the request did not come through the plug `Sessions`";
            parts
                .extensions
                .get::<Session>()
                .cloned()
                .ok_or((StatusCode::INTERNAL_SERVER_ERROR, OUTSIDE))
        }
    }
}
