//! A declared endpoint as constants.

use super::ForceSsl;
use crate::{arrival::Forwarded, transport::Mount};

/// What `endpoint!` declares and nothing can change afterwards.
#[derive(Clone, Copy, Debug)]
pub struct EndpointDef {
    /// The name of the endpoint's type.
    pub name: &'static str,
    /// Its sockets, in the order in which they are written.
    pub mounts: &'static [Mount],
    /// `force_ssl(..)`: whether requests over `http` are sent to `https`.
    pub force_ssl: Option<ForceSsl>,
    /// `rewrite_on = [..]`: the headers by which trusted proxies say how a request came to them.
    pub rewrite_on: &'static [Forwarded],
}

impl EndpointDef {
    /// An endpoint without anything.
    pub const DEFAULT: EndpointDef = EndpointDef {
        name: "",
        mounts: &[],
        force_ssl: None,
        rewrite_on: &[],
    };
}
