//! Where an endpoint is found.

use http::{Extensions, Request, request::Parts};

use super::Handle;
use crate::instrumenter::Start;

/// A value in which an endpoint is found: a handle, a request, or what the callbacks of sockets,
/// channels and instrumenters are given.
#[diagnostic::on_unimplemented(
    message = "no endpoint is found in `{Self}`",
    label = "expected a handle, a request, or what a callback is given",
    note = "`Handle`, `EndpointHandle`, `http::Request`, `Parts`, `Connect`, `Outbox`, `Join`, `Outlet` and others have an endpoint"
)]
pub trait HasEndpoint {
    /// The endpoint. `None` for a request that has not come through one.
    fn endpoint(&self) -> Option<&Handle>;
}

impl<T: HasEndpoint + ?Sized> HasEndpoint for &T {
    fn endpoint(&self) -> Option<&Handle> {
        (**self).endpoint()
    }
}

impl<T: HasEndpoint + ?Sized> HasEndpoint for &mut T {
    fn endpoint(&self) -> Option<&Handle> {
        (**self).endpoint()
    }
}

impl HasEndpoint for Handle {
    fn endpoint(&self) -> Option<&Handle> {
        Some(self)
    }
}

impl HasEndpoint for Extensions {
    fn endpoint(&self) -> Option<&Handle> {
        self.get()
    }
}

impl HasEndpoint for Parts {
    fn endpoint(&self) -> Option<&Handle> {
        self.extensions.get()
    }
}

impl<B> HasEndpoint for Request<B> {
    fn endpoint(&self) -> Option<&Handle> {
        self.extensions().get()
    }
}

impl HasEndpoint for Start<'_> {
    fn endpoint(&self) -> Option<&Handle> {
        self.get()
    }
}

/// Implements it for types with a method `handle`.
macro_rules! has_handle {
    ($([$($parameters:tt)*] $ty:ty,)*) => {$(
        impl<$($parameters)*> $crate::handle::HasEndpoint for $ty {
            fn endpoint(&self) -> Option<&$crate::handle::Handle> {
                Some(self.handle())
            }
        }
    )*};
}

pub(crate) use has_handle;
