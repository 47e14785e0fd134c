//! `dashboard(..)` as it is declared.

use std::fmt;

use http::request::Parts;

use super::Access;
use crate::handle::Handle;

/// `dashboard(..)`: a page that shows what the endpoint does.
#[derive(Clone, Copy)]
pub struct Dashboard {
    /// Where the page is. Default `/dashboard`.
    pub path: &'static str,
    /// Who may see it. Default: in debug builds, clients on this machine that use one of its own
    /// names, without a proxy; in release builds, nobody.
    pub who_may: Option<fn(&Parts, &Handle) -> Access>,
}

impl Dashboard {
    /// No key set.
    pub const DEFAULT: Dashboard = Dashboard {
        path: "/dashboard",
        who_may: None,
    };
}

impl fmt::Debug for Dashboard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dashboard")
            .field("path", &self.path)
            .field("has_who_may", &self.who_may.is_some())
            .finish()
    }
}
