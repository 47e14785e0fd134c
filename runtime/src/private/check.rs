//! Checks that run while the user's crate compiles: of values that are constants.
//!
//! Each returns what it was given, so that it can stand where the value does: the error then points
//! there.

use std::time::Duration;

use super::text::Text;
use crate::{
    dashboard::Dashboard,
    feature::Feature,
    session::SessionOptions,
    socket::{DrainerOptions, LongPoll, Timeout, WebSocket, eq},
};

/// The time after which the JavaScript client gives up a request.
const CLIENT_WAITS: Duration = Duration::from_secs(20);

/// A number of at least `least`.
#[track_caller]
pub const fn at_least(key: &str, least: usize, value: usize) -> usize {
    if value < least {
        let text = Text::new("`").and(key);
        if least == 1 {
            let text = text.and("` must be positive").help("at least 1");
            panic!("{}", text.as_str());
        }
        panic!(
            "{}",
            text.and("` is too small for a join message")
                .help("at least 128")
                .as_str()
        );
    }
    value
}

/// A number from `least` to `most`.
#[track_caller]
pub const fn between(key: &str, least: u8, most: u8, value: u8) -> u8 {
    if value < least || value > most {
        let text = Text::new("`").and(key).and("` must be between ");
        let text = text
            .and_number(least as u32)
            .and(" and ")
            .and_number(most as u32);
        panic!("{}", text.as_str());
    }
    value
}

/// A number of at least 1.
#[track_caller]
pub const fn rounds(key: &str, value: u32) -> u32 {
    at_least(key, 1, value as usize);
    value
}

/// Bytes of a key that nobody guesses.
#[track_caller]
pub const fn key_length(key: &str, value: usize) -> usize {
    if value < 16 {
        panic!(
            "{}",
            Text::new("`")
                .and(key)
                .and("` must be at least 16")
                .as_str()
        );
    }
    value
}

/// A duration above zero for which the JavaScript client waits.
#[track_caller]
pub const fn wait(key: &str, value: Duration) -> Duration {
    if value.as_millis() >= CLIENT_WAITS.as_millis() {
        let text = Text::new("the JavaScript client gives up a request after 20 s");
        let text = text.help("at most `secs(15)`");
        if eq(key, "window") {
            let help = "or, if your clients wait longer by `longpollerTimeout`, write `window = on_purpose(.., reason = \"..\")`";
            panic!("{}", text.help(help).as_str());
        }
        panic!("{}", text.as_str());
    }
    positive(key, value)
}

/// An age of at least a second.
#[track_caller]
pub const fn age(key: &str, value: Duration) -> Duration {
    if value.as_secs() == 0 {
        let text = Text::new("`")
            .and(key)
            .and("` is below a second: tokens would be expired at once");
        panic!("{}", text.help("at least `secs(1)`").as_str());
    }
    value
}

/// A duration above zero.
#[track_caller]
pub const fn positive(key: &str, value: Duration) -> Duration {
    if value.is_zero() {
        let text = Text::new("`").and(key).and("` must be positive");
        panic!("{}", text.help("such as `secs(10)`").as_str());
    }
    value
}

/// A timeout above zero.
#[track_caller]
pub const fn timeout(key: &str, value: Timeout) -> Timeout {
    if let Timeout::After(duration) = value {
        positive(key, duration);
    }
    value
}

/// What is appended to a mount's path: empty, or a path.
#[track_caller]
pub const fn transport_path(path: &'static str) -> &'static str {
    if !path.is_empty() && path.as_bytes()[0] != b'/' {
        panic!(
            "{}",
            Text::new("a transport path starts with `/`, not `")
                .and(path)
                .and("`")
                .help("such as `\"/websocket\"`")
                .as_str()
        );
    }
    path
}

/// RFC 9110 tokens, each once.
#[track_caller]
pub const fn subprotocols(list: &'static [&'static str]) -> &'static [&'static str] {
    if list.is_empty() {
        let text = Text::new("an empty list refuses every client that offers a subprotocol");
        let help = "leave `subprotocols` out to ignore what clients offer";
        panic!("{}", text.help(help).as_str());
    }
    let mut i = 0;
    while i < list.len() {
        if !is_token(list[i]) {
            panic!(
                "{}",
                Text::new("`")
                    .and(list[i])
                    .and("` is not a token (RFC 9110)")
                    .help("letters, digits and any of !#$%&'*+-.^_`|~")
                    .as_str()
            );
        }
        let mut earlier = 0;
        while earlier < i {
            if eq(list[earlier], list[i]) {
                panic!(
                    "{}",
                    Text::new("`")
                        .and(list[i])
                        .and("` is listed twice")
                        .help("remove one of them")
                        .as_str()
                );
            }
            earlier += 1;
        }
        i += 1;
    }
    list
}

const fn is_token(text: &str) -> bool {
    let (bytes, others) = (text.as_bytes(), b"!#$%&'*+-.^_`|~");
    let mut i = 0;
    while i < bytes.len() {
        let mut known = bytes[i].is_ascii_alphanumeric();
        let mut j = 0;
        while j < others.len() {
            known |= bytes[i] == others[j];
            j += 1;
        }
        if !known {
            return false;
        }
        i += 1;
    }
    !bytes.is_empty()
}

/// The options of a session that can work.
#[track_caller]
pub const fn session(options: &'static SessionOptions) -> &'static SessionOptions {
    if let Some(feature) = Feature::SESSION.lacking() {
        panic!("{}", Text::new(feature.text).help(feature.help).as_str());
    }
    if let Some(mistake) = options.mistake() {
        panic!("{}", Text::new(mistake.text).help(mistake.help).as_str());
    }
    options
}

/// Two sessions that are written to two cookies.
#[track_caller]
pub const fn sessions_differ(one: &SessionOptions, other: &SessionOptions) {
    if eq(one.key, other.key) {
        let text = Text::new("two sessions share the cookie `").and(one.key);
        panic!(
            "{}",
            text.and("`")
                .help("give one of them another `key`")
                .as_str()
        );
    }
}

/// A session that is read as it is written.
#[track_caller]
pub const fn sessions_agree(read: &SessionOptions, written: &SessionOptions) {
    let salts = match (read.encryption_salt, written.encryption_salt) {
        (Some(read), Some(written)) => eq(read, written),
        (None, None) => true,
        _ => false,
    };
    let agree = salts
        && eq(read.signing_salt, written.signing_salt)
        && read.key_iterations == written.key_iterations
        && read.key_length == written.key_length
        && read.key_digest as u8 == written.key_digest as u8;
    if eq(read.key, written.key) && !agree {
        let text = Text::new("this session and the plug that writes it differ in how the cookie `")
            .and(read.key)
            .and("` is protected: it would never be valid");
        panic!("{}", text.help("use the same constant").as_str());
    }
}

/// What a mount's `drainer(..)` starts from: the socket's own, or the defaults.
pub const fn drainer(preset: Option<DrainerOptions>) -> DrainerOptions {
    match preset {
        Some(drainer) => drainer,
        None => DrainerOptions::DEFAULT,
    }
}

/// What `longpoll` or `longpoll(..)` starts from: the socket's own, or the defaults.
pub const fn longpoll(preset: Option<LongPoll>) -> LongPoll {
    match preset {
        Some(longpoll) => longpoll,
        None => LongPoll::DEFAULT,
    }
}

/// What `websocket = false` is, if the socket's own options turn longpoll on.
#[track_caller]
pub const fn without_websocket(longpoll: &Option<LongPoll>) -> Option<WebSocket> {
    if longpoll.is_none() {
        let text = Text::new("this mount serves no transport");
        panic!(
            "{}",
            text.help("add `longpoll`, or remove `websocket = false` or the mount")
                .as_str()
        );
    }
    None
}

/// A dashboard, which needs the feature.
#[track_caller]
pub const fn dashboard(dashboard: Dashboard) -> Dashboard {
    if let Some(feature) = Feature::DASHBOARD.lacking() {
        panic!("{}", Text::new(feature.text).help(feature.help).as_str());
    }
    dashboard
}
