//! What an outer server says about a request: ours, or axum's when an endpoint is nested in its router.

use std::net::SocketAddr;

use http::{Extensions, Uri, request::Parts};

/// With axum, its own type serves for ours too: an extension costs each request an allocation.
#[cfg(feature = "axum")]
use axum::extract::ConnectInfo as Peer;

#[cfg(not(feature = "axum"))]
#[derive(Clone)]
struct Peer<T>(T);

/// Notes the other end of the connection. A Unix socket's has no address.
pub(crate) fn put_peer(extensions: &mut Extensions, peer: SocketAddr) {
    extensions.insert(Peer(peer));
}

/// The other end of the connection, if it is known.
pub(crate) fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<Peer<SocketAddr>>().map(|peer| peer.0)
}

/// The URI as the client sent it, with what a nesting router has stripped.
pub(crate) fn full_uri(parts: &Parts) -> &Uri {
    #[cfg(feature = "axum")]
    if let Some(axum::extract::OriginalUri(uri)) = parts.extensions.get() {
        return uri;
    }
    &parts.uri
}

#[cfg(feature = "axum")]
mod extract {
    use axum::{extract::FromRequestParts, http::StatusCode};
    use http::request::Parts;

    use crate::{handle::Handle, session::Session};

    /// Handlers of a router that an endpoint ends in take the endpoint as an argument.
    impl<S: Sync> FromRequestParts<S> for Handle {
        type Rejection = (StatusCode, &'static str);

        async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
            const OUTSIDE: &str = "the request did not come through an endpoint";
            parts.extensions.get::<Handle>().cloned().ok_or((StatusCode::INTERNAL_SERVER_ERROR, OUTSIDE))
        }
    }

    /// Handlers behind the plug `Sessions` take the visitor's session as an argument.
    impl<S: Sync> FromRequestParts<S> for Session {
        type Rejection = (StatusCode, &'static str);

        async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
            const OUTSIDE: &str = "the request did not come through the plug `Sessions`";
            parts.extensions.get::<Session>().cloned().ok_or((StatusCode::INTERNAL_SERVER_ERROR, OUTSIDE))
        }
    }
}
