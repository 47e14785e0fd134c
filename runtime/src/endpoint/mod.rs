//! The endpoint: its declaration as data, and its life. Stub.

mod def;
mod service;

pub(crate) use self::service::Sockets;
pub use self::{
    def::EndpointDef,
    service::{EndpointFuture, EndpointService},
};
