//! Stands in for dashboards where the feature `dashboard` is off.

#[path = "access.rs"]
mod access;
#[path = "options.rs"]
mod options;

use http::{Request, Response};

pub use self::{access::Access, options::Dashboard};
use crate::{body::Body, handle::Handle};

/// It never is on.
pub(crate) enum Served {}

impl Served {
    pub(crate) fn start(_: Option<Dashboard>, _: &Handle) -> Option<Self> {
        None
    }

    #[expect(clippy::result_large_err, reason = "the request comes back as it was")]
    pub(crate) fn take(&self, _: Request<Body>) -> Result<Response<Body>, Request<Body>> {
        match *self {}
    }
}
