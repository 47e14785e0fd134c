#![doc = include_str!("../docs/telemetry.md")]

mod emit;
mod event;
pub(crate) mod list;
mod log;
#[cfg(feature = "metrics")]
pub(crate) mod meters;
#[cfg(not(feature = "metrics"))]
#[path = "meters_off.rs"]
pub(crate) mod meters;
mod took;
mod trace_context;

pub(crate) use self::{
    emit::{event, listens, wants},
    took::Took,
    trace_context::traceparent,
};
pub use self::{
    event::{EventDef, EventLevel},
    list::EVENTS,
    log::Log,
};
