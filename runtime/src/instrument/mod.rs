#![doc = include_str!("../docs/instrument.md")]

#[cfg(feature = "channels")]
pub use crate::channel::{ChannelJoin, ChannelReceive};
pub use crate::{
    error_page::{ControllerRender, ErrorRender},
    handle::{HasEndpoint, Instrumented, instrument, instrument_at, instrument_sync},
    instrumenter::{CompileMeta, Instrumenter, Instrumenters, Start, Stop},
    transport::SocketConnect,
};
