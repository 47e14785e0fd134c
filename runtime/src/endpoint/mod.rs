//! The endpoint: its declaration as data, and its life. Stub.

mod def;

pub use self::def::EndpointDef;
