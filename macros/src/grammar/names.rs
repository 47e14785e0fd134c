//! Names of directives, as far as others than the table of the language have to know them.

/// Directives that are part of the binary: nothing but the declaration can say them.
pub(crate) const DECLARED: [&str; 7] = [
    "state",
    "force_ssl",
    "rewrite_on",
    "socket",
    "plug",
    "service",
    "crate",
];

/// What a mount says: part of the binary too.
pub(crate) const OF_A_MOUNT: [&str; 5] = ["websocket", "longpoll", "transport", "drainer", "log"];

/// Directives of Phoenix's endpoint whose time has not come.
const LATER: &[&str] = &[
    "debug_errors",
    "render_errors",
    "live_reload",
    "watchers",
    "force_watchers",
    "drainer",
    "log_access_url",
];

pub(crate) fn comes_later(name: &str) -> bool {
    LATER.contains(&name)
}
