//! Names of directives that the runtime has to know, too.

/// Directives that are part of the binary: only the declaration can set them.
pub(crate) const DECLARED: [&str; 11] = [
    "state",
    "force_ssl",
    "rewrite_on",
    "render_errors",
    "debug_errors",
    "dashboard",
    "instrumenters",
    "socket",
    "plug",
    "service",
    "crate",
];

/// Keys of a mount, which are part of the binary too.
pub(crate) const OF_A_MOUNT: [&str; 4] = ["websocket", "longpoll", "transport", "log"];
