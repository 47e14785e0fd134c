//! What an outer server says about a request: ours, or axum's when an endpoint is nested in its router.

use std::net::SocketAddr;

use http::{Extensions, Request, Uri};

use crate::stream::PeerAddr;

/// The other end of the connection, if it is known.
pub(crate) fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    let peer = extensions.get::<PeerAddr>().map(|peer| peer.0);
    #[cfg(feature = "axum")]
    let peer = peer.or_else(|| {
        use axum::extract::{ConnectInfo, connect_info::MockConnectInfo};
        let real = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        real.or_else(|| extensions.get::<MockConnectInfo<SocketAddr>>().map(|info| info.0))
    });
    peer
}

/// The URI as the client sent it, with what a nesting router has stripped.
pub(crate) fn full_uri<B>(request: &Request<B>) -> &Uri {
    #[cfg(feature = "axum")]
    if let Some(original) = request.extensions().get::<axum::extract::OriginalUri>() {
        return &original.0;
    }
    request.uri()
}

#[cfg(feature = "axum")]
mod extract {
    use axum::{extract::FromRequestParts, http::StatusCode};
    use http::request::Parts;

    use crate::handle::Handle;

    /// Handlers of a router that an endpoint ends in take the endpoint as an argument.
    impl<S: Sync> FromRequestParts<S> for Handle {
        type Rejection = (StatusCode, &'static str);

        async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
            const OUTSIDE: &str = "the request did not come through an endpoint";
            parts.extensions.get::<Handle>().cloned().ok_or((StatusCode::INTERNAL_SERVER_ERROR, OUTSIDE))
        }
    }
}
