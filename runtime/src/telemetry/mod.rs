#![doc = include_str!("../docs/telemetry.md")]

#[cfg(feature = "metrics")]
mod described;
mod emit;
mod event;
#[cfg(feature = "dashboard")]
pub(crate) mod figures;
#[cfg(not(feature = "dashboard"))]
#[path = "figures_off.rs"]
pub(crate) mod figures;
#[cfg(any(feature = "dashboard", feature = "live-reload"))]
mod line;
pub(crate) mod list;
mod log;
#[cfg(feature = "metrics")]
pub(crate) mod meters;
#[cfg(not(feature = "metrics"))]
#[path = "meters_off.rs"]
pub(crate) mod meters;
#[cfg(any(feature = "dashboard", feature = "metrics"))]
mod timed;
#[cfg(not(any(feature = "dashboard", feature = "metrics")))]
#[path = "timed_off.rs"]
mod timed;
mod took;
mod trace_context;

#[cfg(feature = "metrics")]
pub(crate) use self::described::describe;
#[cfg(any(feature = "dashboard", feature = "live-reload"))]
pub(crate) use self::line::Line;
pub(crate) use self::{
    emit::{event, listens, wants},
    timed::Timed,
    took::Took,
    trace_context::traceparent,
};
pub use self::{
    event::{EventDef, EventLevel},
    list::EVENTS,
    log::Log,
};
