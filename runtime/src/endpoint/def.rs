//! A declared endpoint as constants.

use crate::transport::Mount;

/// What `endpoint!` declares and nothing can change afterwards.
#[derive(Clone, Copy, Debug)]
pub struct EndpointDef {
    /// The name of the endpoint's type.
    pub name: &'static str,
    /// Its sockets, in the order in which they are written.
    pub mounts: &'static [Mount],
}
