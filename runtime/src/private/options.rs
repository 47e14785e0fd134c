//! Checks of the options that a mount ends up with. What a declaration writes is checked where it is
//! written; what a socket brings along, or a constant of a whole group, is checked here.

use super::{
    check::{
        age, at_least, between, key_length, positive, rounds, session, subprotocols, timeout,
        transport_path,
    },
    origins::origins,
};
use crate::{
    config::AtStart,
    origin::CheckOrigin,
    session::SessionSource,
    socket::{ConnectInfo, DeflateOptions, DrainerOptions, LongPoll, OutboxOptions, WebSocket, eq},
    transport::Mount,
};

/// Options that can work.
#[track_caller]
pub(super) const fn options(mount: &Mount) {
    if let Some(drainer) = &mount.drainer {
        self::drainer(drainer);
    }
    if let Some(websocket) = &mount.websocket {
        self::websocket(websocket);
    }
    if let Some(longpoll) = &mount.longpoll {
        self::longpoll(longpoll);
    }
}

#[track_caller]
const fn drainer(drainer: &DrainerOptions) {
    if let AtStart::Value(size) = drainer.batch_size {
        at_least("batch_size", 1, size);
    }
    if let AtStart::Value(interval) = drainer.batch_interval {
        positive("batch_interval", interval);
    }
    if let AtStart::Value(time) = drainer.shutdown {
        positive("shutdown", time);
    }
}

#[track_caller]
const fn websocket(options: &WebSocket) {
    transport_path(options.path);
    timeout("timeout", options.timeout);
    timeout("callback_timeout", options.callback_timeout);
    timeout("ping", options.ping);
    at_least("max_frame_size", 128, options.max_frame_size);
    if let Some(size) = options.max_message_size {
        at_least("max_message_size", 128, size);
    }
    if let Some(list) = options.subprotocols {
        adds_its_own(subprotocols(list), options.auth_token);
    }
    deflate(&options.deflate_options);
    connection(options.check_origin, &options.connect_info, &options.outbox);
}

#[track_caller]
const fn longpoll(options: &LongPoll) {
    transport_path(options.path);
    positive("window", options.window);
    timeout("callback_timeout", options.callback_timeout);
    positive("pubsub_timeout", options.pubsub_timeout);
    age("max_age", options.crypto.max_age);
    rounds("key_iterations", options.crypto.key_iterations);
    key_length("key_length", options.crypto.key_length);
    at_least("max_body_size", 1, options.max_body_size);
    at_least("max_batch", 1, options.max_batch);
    at_least("max_sessions", 1, options.max_sessions);
    if let Some(most) = options.max_sessions_per_ip {
        at_least("max_sessions_per_ip", 1, most);
    }
    connection(options.check_origin, &options.connect_info, &options.outbox);
}

/// What both transports have.
#[track_caller]
const fn connection(
    check_origin: Option<CheckOrigin<&'static [&'static str]>>,
    connect_info: &ConnectInfo,
    outbox: &OutboxOptions,
) {
    if let Some(CheckOrigin::List(list)) = check_origin {
        origins(list);
    }
    if let Some(SessionSource::Constant(options)) = connect_info.session {
        session(options);
    }
    at_least("limit", 1, outbox.limit);
}

#[track_caller]
const fn deflate(options: &DeflateOptions) {
    between("level", 0, 9, options.level);
    between("memory_level", 1, 9, options.memory_level);
    between("window_bits", 9, 15, options.window_bits);
}

#[track_caller]
const fn adds_its_own(subprotocols: &[&str], auth_token: bool) {
    let mut i = 0;
    while i < subprotocols.len() {
        if auth_token && eq(subprotocols[i], "phoenix") {
            panic!("`phoenix` is added by `auth_token`\n\n  = help: remove it from `subprotocols`");
        }
        i += 1;
    }
}
