//! What is rendered, and for whom.

use super::{DebugErrors, RenderErrors};
use crate::transport::Mount;

/// The error pages of an endpoint.
#[derive(Default)]
pub(crate) struct ErrorPages {
    pub(crate) render: Option<RenderErrors>,
    pub(crate) debug: DebugErrors,
    pub(crate) mounts: &'static [Mount],
    pub(crate) plugs: &'static [&'static str],
}

impl ErrorPages {
    /// Whether any response gets a page.
    pub(super) fn any(&self) -> bool {
        self.render.is_some() || self.debug != DebugErrors::Off
    }
}
