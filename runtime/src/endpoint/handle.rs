//! The running endpoint with its type, for closures in `endpoint!`.

use std::{fmt, ops::Deref, sync::Arc};

use super::Endpoint;
use crate::handle::Handle;

/// A running endpoint whose type is known, and with it the application's
/// [state](EndpointHandle::state). It dereferences to [`Handle`]; cloning it is cheap.
///
/// It is the argument of closures in [`endpoint!`](macro@crate::endpoint), as in
/// `service(|edge| router(edge))`. They are called before the endpoint listens. With the feature
/// `axum` it is an extractor, too.
pub struct EndpointHandle<E: Endpoint> {
    handle: Handle,
    state: Arc<E::State>,
}

impl<E: Endpoint> EndpointHandle<E> {
    /// `None` if the handle belongs to an endpoint of another type.
    pub fn of(handle: &Handle) -> Option<Self> {
        let state = handle.app().of::<E, E::State>()?;
        Some(EndpointHandle {
            handle: handle.clone(),
            state,
        })
    }

    pub(super) fn new(handle: Handle, state: Arc<E::State>) -> Self {
        EndpointHandle { handle, state }
    }

    /// The application's state that the endpoint was started with.
    pub fn state(&self) -> &E::State {
        &self.state
    }

    /// The endpoint, without its type.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl<E: Endpoint> Clone for EndpointHandle<E> {
    fn clone(&self) -> Self {
        EndpointHandle {
            handle: self.handle.clone(),
            state: self.state.clone(),
        }
    }
}

impl<E: Endpoint> Deref for EndpointHandle<E> {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

impl<E: Endpoint> fmt::Debug for EndpointHandle<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EndpointHandle").field(&self.name()).finish()
    }
}

#[cfg(feature = "axum")]
mod extract {
    use axum::{extract::FromRequestParts, http::StatusCode};
    use http::request::Parts;

    use super::*;

    /// Handlers of a router that an endpoint ends in take the endpoint as an argument, and the
    /// application's state of it.
    impl<E: Endpoint, S: Sync> FromRequestParts<S> for EndpointHandle<E> {
        type Rejection = (StatusCode, &'static str);

        async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
            const OUTSIDE: &str = "the request did not come through this endpoint";
            let handle = parts.extensions.get::<Handle>();
            handle
                .and_then(EndpointHandle::of)
                .ok_or((StatusCode::INTERNAL_SERVER_ERROR, OUTSIDE))
        }
    }
}
