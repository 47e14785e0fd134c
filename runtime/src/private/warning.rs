//! Warnings about constants. `rustc` warns where a deprecated function is called: a condition that is
//! a constant chooses between a function that is deprecated and one that is not.

use std::time::Duration;

use super::mount::{contains, transports};
use crate::{
    session::SessionSource,
    socket::{Timeout, eq},
    transport::Mount,
};

/// How often the clients of channels send a heartbeat.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// A finding that stops nobody. `FOUND`: whether it is one.
#[derive(Debug)]
pub struct Warning<const FOUND: bool>;

#[expect(missing_docs, reason = "each says what it is")]
impl Warning<true> {
    #[deprecated(
        note = "clients send a heartbeat every 30 s: idle clients would be cut off\n\n  = help: at least `secs(45)`\n  = help: if your clients send more, write `timeout = on_purpose(.., reason = \"..\")`\n  = note: `#[allow(deprecated)]` before the statement silences this"
    )]
    pub const fn timeout_below_heartbeat() {}

    #[deprecated(
        note = "the JavaScript client always connects to `/websocket` and `/longpoll` below its path\n\n  = help: leave `path` out\n  = help: if your clients know this path, write `path = on_purpose(.., reason = \"..\")`\n  = note: `#[allow(deprecated)]` before the statement silences this"
    )]
    pub const fn path_unknown_to_the_client() {}

    #[deprecated(
        note = "no argument of `connect` takes this key\n\n  = help: remove it, or take it by `#[info]`\n  = note: `#[allow(deprecated)]` before the statement silences this"
    )]
    pub const fn key_that_nothing_reads() {}

    #[deprecated(
        note = "`signing_salt` and `encryption_salt` of this session are the same\n\n  = help: use two salts\n  = note: `#[allow(deprecated)]` before the statement silences this"
    )]
    pub const fn session_of_one_salt() {}

    #[deprecated(
        note = "longpoll has no control frames: `handle_control` of this socket is never called\n\n  = help: remove `handle_control`, or serve the socket by `websocket`\n  = note: `#[allow(deprecated)]` before the statement silences this"
    )]
    pub const fn control_frames_of_longpoll() {}
}

#[expect(missing_docs, reason = "nothing was found")]
impl Warning<false> {
    pub const fn timeout_below_heartbeat() {}
    pub const fn path_unknown_to_the_client() {}
    pub const fn key_that_nothing_reads() {}
    pub const fn session_of_one_salt() {}
    pub const fn control_frames_of_longpoll() {}
}

/// Whether the clients of channels, which send a heartbeat and nothing else, are cut off.
pub const fn timeout_below_heartbeat(mount: &Mount) -> bool {
    let Some(websocket) = &mount.websocket else {
        return false;
    };
    mount.socket.holds_channels
        && matches!(websocket.ping, Timeout::Never)
        && matches!(websocket.timeout, Timeout::After(time) if time.as_millis() <= HEARTBEAT.as_millis())
}

/// Whether a transport of channels is served where the JavaScript client does not look for it.
pub const fn path_unknown_to_the_client(mount: &Mount, transport: &str) -> bool {
    let transports = transports(mount);
    let mut i = 0;
    while i < transports.len() {
        if let Some(one) = &transports[i]
            && eq(one.name, transport)
        {
            let known = match eq(transport, "websocket") {
                true => "/websocket",
                false => "/longpoll",
            };
            return mount.socket.holds_channels && !eq(one.path, known);
        }
        i += 1;
    }
    false
}

/// Whether it is known that the socket does not read a key of connect_info.
pub const fn key_that_nothing_reads(mount: &Mount, key: &str) -> bool {
    let needs = &mount.socket.needs;
    needs.no_other_params && !contains(needs.info, key)
}

/// Whether a session is signed and encrypted with the same salt.
pub const fn session_of_one_salt(mount: &Mount, transport: &str) -> bool {
    let transports = transports(mount);
    let mut i = 0;
    while i < transports.len() {
        if let Some(one) = &transports[i]
            && eq(one.name, transport)
            && let Some(SessionSource::Constant(options)) = one.connect_info.session
            && let Some(salt) = options.encryption_salt
        {
            return eq(salt, options.signing_salt);
        }
        i += 1;
    }
    false
}

/// Whether a socket waits for control frames that never come.
pub const fn control_frames_of_longpoll(mount: &Mount) -> bool {
    mount.websocket.is_none()
        && mount.transport.is_none()
        && mount.longpoll.is_some()
        && mount.socket.handles_control
}
