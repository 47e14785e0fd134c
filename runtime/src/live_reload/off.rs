//! Stands in for live reload where the feature `live-reload` is off.

use http::{Request, Response};

use crate::{body::Body, config::Config, handle::Handle};

/// It never is on.
pub(crate) enum LiveReload {}

impl LiveReload {
    pub(crate) async fn start(_: &Config, _: &Handle) -> Option<Self> {
        None
    }

    #[expect(clippy::result_large_err, reason = "the request comes back as it was")]
    pub(crate) fn take(&self, _: Request<Body>) -> Result<Response<Body>, Request<Body>> {
        match *self {}
    }

    pub(crate) fn inject(&self, _: &mut Response<Body>) {
        match *self {}
    }
}
