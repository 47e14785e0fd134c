//! Checks of whole mounts: what their parts say together, and what their socket needs.

use std::slice;

use super::{options::options, text::Text};
use crate::{
    config::AtStart,
    grammar::path,
    origin::CheckOrigin,
    socket::{ConnectInfo, Needs, eq},
    transport::Mount,
};

/// A mount whose options fit together, and that grants what its socket reads.
#[track_caller]
pub const fn mount(mount: Mount) -> Mount {
    options(&mount);
    if let Some(drainer) = mount.drainer
        && let (AtStart::Value(interval), AtStart::Value(shutdown)) =
            (drainer.batch_interval, drainer.shutdown)
        && interval.as_nanos() > shutdown.as_nanos()
    {
        let text = Text::new(
            "the first `batch_interval` of `drainer` is already longer than its `shutdown`",
        );
        let help = "make `batch_interval` shorter, or `shutdown` longer";
        panic!("{}", text.help(help).as_str());
    }
    if let Some(longpoll) = &mount.longpoll
        && let Some(one) = longpoll.max_sessions_per_ip
        && one > longpoll.max_sessions
        && one < usize::MAX
    {
        let text = Text::new("`max_sessions_per_ip` is more than `max_sessions`: it limits nobody");
        let help = "make `max_sessions_per_ip` smaller, or leave it out";
        panic!("{}", text.help(help).as_str());
    }
    if let Some(feature) = mount.lacking() {
        panic!("{}", Text::new(feature.text).help(feature.help).as_str());
    }
    let transports = transports(&mount);
    let mut i = 0;
    while i < transports.len() {
        if let Some(transport) = &transports[i]
            && matches!(transport.check_origin, Some(CheckOrigin::Off))
            && !transport.check_csrf
        {
            let text = Text::new("one of `check_origin` and `check_csrf` of `").and(transport.name);
            let text = text.and("` must be on").help("turn `check_csrf` on");
            panic!("{}", text.as_str());
        }
        i += 1;
    }
    if let [Some(websocket), Some(longpoll)] = &transports
        && path::is_same((mount.path, websocket.path), (mount.path, longpoll.path))
    {
        let text = Text::new("both transports would be served at `")
            .and(mount.path)
            .and(longpoll.path);
        panic!(
            "{}",
            text.and("`").help("give one of them another path").as_str()
        );
    }
    grants(&mount, &transports);
    variables(&mount, &transports);
    mount
}

/// A variable that nothing reads is misspelt, or superfluous.
#[track_caller]
const fn variables(mount: &Mount, transports: &[Option<Transport>]) {
    let needs = &mount.socket.needs;
    let mut unread = unread(mount.path, needs);
    let mut i = 0;
    while i < transports.len() {
        if let (None, Some(transport)) = (unread, &transports[i]) {
            unread = self::unread(transport.path, needs);
        }
        i += 1;
    }
    let Some(name) = unread else { return };
    let mut text = Text::new("no argument of `")
        .and(mount.socket.name)
        .and("::connect` reads `")
        .and(name)
        .and("`, a variable of the path");
    let (mut i, params) = (0, needs.params);
    while i < params.len() {
        text = match i {
            0 => text.help("it reads "),
            _ => text,
        };
        text = text.and_name(params[i], i == 0);
        i += 1;
    }
    text = text
        .help("take it as `#[param] ")
        .and(name)
        .and(": String`, or write `:_")
        .and(name)
        .and("`");
    panic!("{}", text.as_str());
}

/// The first variable in a path that nothing reads. Names that begin with `_` are not read on
/// purpose.
const fn unread<'a>(path: &'a str, needs: &Needs) -> Option<&'a str> {
    let (bytes, mut at, mut starts_segment) = (path.as_bytes(), 0, true);
    while at < bytes.len() {
        let is_variable = bytes[at] == b':' || bytes[at] == b'*' && starts_segment;
        starts_segment = bytes[at] == b'/';
        at += 1;
        if !is_variable {
            continue;
        }
        let start = at;
        while at < bytes.len() && bytes[at] != b'/' {
            at += 1;
        }
        let name = path.split_at(at).0.split_at(start).1;
        let is_hidden = matches!(name.as_bytes(), [b'_', ..]);
        if needs.no_other_params
            && !is_hidden
            && !contains(needs.params, name)
            && !contains(needs.optional_params, name)
        {
            return Some(name);
        }
    }
    None
}

pub(super) const fn contains(names: &[&str], name: &str) -> bool {
    let mut i = 0;
    while i < names.len() {
        if eq(names[i], name) {
            return true;
        }
        i += 1;
    }
    false
}

/// What the built-in transports of a mount have in common.
#[derive(Clone, Copy)]
pub(super) struct Transport {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    check_origin: Option<CheckOrigin<&'static [&'static str]>>,
    check_csrf: bool,
    pub(super) connect_info: ConnectInfo,
    auth_token: bool,
}

pub(super) const fn transports(mount: &Mount) -> [Option<Transport>; 2] {
    let (mut websocket, mut longpoll) = (None, None);
    if let Some(options) = mount.websocket {
        websocket = Some(Transport {
            name: "websocket",
            path: options.path,
            check_origin: options.check_origin,
            check_csrf: options.check_csrf,
            connect_info: options.connect_info,
            auth_token: options.auth_token,
        });
    }
    if let Some(options) = mount.longpoll {
        longpoll = Some(Transport {
            name: "longpoll",
            path: options.path,
            check_origin: options.check_origin,
            check_csrf: options.check_csrf,
            connect_info: options.connect_info,
            auth_token: options.auth_token,
        });
    }
    [websocket, longpoll]
}

/// The connect_info key that is an option of its own.
const TOKEN: &str = "auth_token";

/// Everything that is missing goes into one message: an evaluation ends at its first panic.
#[track_caller]
const fn grants(mount: &Mount, transports: &[Option<Transport>]) {
    let (socket, needs) = (mount.socket.name, mount.socket.needs.info);
    let text = Text::new("`")
        .and(socket)
        .and("` reads connect_info keys this mount does not request: ");
    let (mut text, count) = missing(text, needs, transports);
    let token = lacks(TOKEN, needs, transports);
    if count == 0 && !token {
        return;
    }
    if count == 0 {
        text = Text::new("`")
            .and(socket)
            .and("` reads `auth_token`, which is not enabled on this mount");
    }
    let mut i = 0;
    while i < transports.len() {
        let one = slice::from_ref(&transports[i]);
        if let Some(transport) = &transports[i] {
            let (names, own) = missing(Text::new("add "), needs, one);
            if own > 0 {
                let names = if own == count {
                    Text::new("add them")
                } else {
                    names
                };
                text = text
                    .help(names.as_str())
                    .and(" to `connect_info` of `")
                    .and(transport.name)
                    .and("`");
            }
            if lacks(TOKEN, needs, one) {
                text = text
                    .help("add `auth_token = true` to `")
                    .and(transport.name)
                    .and("`");
            }
        }
        i += 1;
    }
    panic!("{}", text.as_str());
}

/// Appends the keys that one of the transports does not grant, and counts them.
const fn missing(
    mut text: Text,
    needs: &[&str],
    transports: &[Option<Transport>],
) -> (Text, usize) {
    let (mut i, mut count) = (0, 0);
    while i < needs.len() {
        if !eq(needs[i], TOKEN) && lacks(needs[i], needs, transports) {
            text = text.and_name(needs[i], count == 0);
            count += 1;
        }
        i += 1;
    }
    (text, count)
}

/// Whether a key is needed that one of the transports does not grant.
const fn lacks(key: &str, needs: &[&str], transports: &[Option<Transport>]) -> bool {
    let (mut i, mut granted) = (0, true);
    while i < transports.len() {
        if let Some(transport) = &transports[i] {
            granted &= match eq(key, TOKEN) {
                true => transport.auth_token,
                false => transport.connect_info.grants(key),
            };
        }
        i += 1;
    }
    contains(needs, key) && !granted
}

/// Two mounts of which no transports are served at the same path, whatever its variables are called.
#[track_caller]
pub const fn served_apart(earlier: &Mount, later: &Mount) {
    if meet(earlier, later) {
        let text = Text::new("`")
            .and(later.path)
            .and("` is already served by `")
            .and(earlier.path)
            .and("` (")
            .and_location(earlier.location)
            .and(")");
        panic!("{}", text.help("give one of them another path").as_str());
    }
}

const fn meet(a: &Mount, b: &Mount) -> bool {
    let (of_a, of_b) = (transports(a), transports(b));
    let mut i = 0;
    while i < of_a.len() * of_b.len() {
        if let (Some(x), Some(y)) = (&of_a[i / of_b.len()], &of_b[i % of_b.len()])
            && path::is_same((a.path, x.path), (b.path, y.path))
        {
            return true;
        }
        i += 1;
    }
    false
}
