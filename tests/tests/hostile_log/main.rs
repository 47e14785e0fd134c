//! Clients cannot forge a line of the log, nor flood it. A program of its own, because tracing
//! caches for the whole program which events are wanted.

mod channels;
mod log;
mod messages;
mod requests;
mod site;

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

/// Texts that try to break out of their field.
pub(crate) fn hostile() -> Vec<String> {
    let texts = [
        "a\r\n2030-01-01T00:00:00Z  INFO forged: admin=true",
        "\u{1b}[2J\u{1b}]0;title\u{7}",
        "\0\u{8}\u{7f}",
        "\u{9b}31m\u{85}",
        "\u{2028}\u{2029}",
        "\u{202e}gnp.exe\u{2066}\u{200f}",
        "\" reason=\"Normal",
        "\\n\\u{1b}",
    ];
    texts
        .into_iter()
        .map(str::to_owned)
        .chain(["x".repeat(100 * 1024), "\0".repeat(20 * 1024)])
        .collect()
}

/// A text for a path or a query.
pub(crate) fn encoded(text: &str) -> String {
    percent_encode(text.as_bytes(), NON_ALPHANUMERIC).to_string()
}

/// A text for a header, without controls. The client sends `�` as a byte that is not UTF-8.
pub(crate) fn in_header(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_ascii_control() || *c == '\t')
        .take(8 * 1024)
        .collect::<String>()
        + "\t\u{fffd}"
}
