//! Clients of other projects, against an endpoint on a port.
//!
//! Tests that need more than Rust are ignored by default. `.ci/run` installs what they need.

mod assets;
mod chromium;
mod dashboard;
#[cfg(unix)]
mod dev;
mod example;
mod http2;
mod live_reload;
mod node;
mod phoenix;
mod site;
mod tungstenite;
mod yawc;
