//! The constants of a declared endpoint.

use super::ForceSsl;
use crate::{
    arrival::Forwarded,
    dashboard::Dashboard,
    error_page::{DebugErrors, RenderErrors},
    transport::Mount,
};

/// The part of a declaration that cannot change at run time.
#[derive(Clone, Copy, Debug)]
pub struct EndpointDef {
    /// The name of the endpoint's type.
    pub name: &'static str,
    /// The sockets, in the order of the declaration.
    pub mounts: &'static [Mount],
    /// `force_ssl(..)`: whether requests over `http` are redirected to `https`.
    pub force_ssl: Option<ForceSsl>,
    /// `rewrite_on = [..]`: the headers by which trusted proxies describe a request.
    pub rewrite_on: &'static [Forwarded],
    /// `render_errors(..)`: how answers that are errors look. `None`: the status's name as plain
    /// text.
    pub render_errors: Option<RenderErrors>,
    /// `debug_errors = ..`: who sees pages for developers instead.
    pub debug_errors: DebugErrors,
    /// `dashboard(..)`: a page that shows what the endpoint does. It needs the feature `dashboard`.
    pub dashboard: Option<Dashboard>,
    /// The plugs and the service as text, for those pages.
    pub plugs: &'static [&'static str],
}

impl EndpointDef {
    /// An endpoint that declares nothing.
    pub const DEFAULT: EndpointDef = EndpointDef {
        name: "",
        mounts: &[],
        force_ssl: None,
        rewrite_on: &[],
        render_errors: None,
        debug_errors: DebugErrors::Off,
        dashboard: None,
        plugs: &[],
    };
}
