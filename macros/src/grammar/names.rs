//! Names of directives that are needed outside the language's table.

/// Directives that are compiled in: only the declaration can set them.
pub(crate) const DECLARED: [&str; 7] = [
    "state",
    "force_ssl",
    "rewrite_on",
    "socket",
    "plug",
    "service",
    "crate",
];

/// Options of a mount, which are compiled in, too.
pub(crate) const OF_A_MOUNT: [&str; 5] = ["websocket", "longpoll", "transport", "drainer", "log"];

/// Directives of Phoenix's endpoint that do not exist here yet.
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
