//! Checks of lists of origins that are constants.

use super::text::Text;

/// A list of which each entry can match the origin of a page. What the grammar of origins says
/// beyond this is checked at start.
#[track_caller]
pub const fn origins(list: &'static [&'static str]) -> &'static [&'static str] {
    if list.is_empty() {
        panic!(
            "an empty list refuses every browser\n\n  = help: list origins, or leave `check_origin` out: then `url.host` may connect"
        );
    }
    let mut i = 0;
    while i < list.len() {
        origin(list[i]);
        i += 1;
    }
    list
}

#[track_caller]
const fn origin(entry: &str) {
    let bytes = entry.as_bytes();
    let Some(host) = after_slashes(bytes) else {
        let text = Text::new("\"").and(entry);
        let text = text.and("\" has no host: an origin starts with `//` or a scheme");
        let text = text.help("such as `\"//example.com\"` or `\"https://example.com\"`");
        panic!("{}", text.as_str());
    };
    if starts_with(bytes, b"ws:") || starts_with(bytes, b"wss:") {
        let (text, help) = match starts_with(bytes, b"ws:") {
            true => (
                "browsers send `http` origins, also for `",
                "write `http` for `ws`",
            ),
            false => (
                "browsers send `https` origins, also for `",
                "write `https` for `wss`",
            ),
        };
        let text = Text::new(text).and(entry).and("`");
        panic!("{}", text.help(help).as_str());
    }
    let (mut at, mut first) = (host, true);
    while at < bytes.len() {
        if matches!(bytes[at], b'/' | b'?' | b'#' | b'@' | b'\\') {
            let text = Text::new("an origin has no path, query or user: \"");
            let text = text.and(entry).and("\"");
            panic!(
                "{}",
                text.help("such as `\"https://example.com\"`").as_str()
            );
        }
        if bytes[at] == b'*' && !(first && at + 1 < bytes.len() && bytes[at + 1] == b'.') {
            let text = Text::new("`*` is only allowed as the whole first label: \"");
            let text = text.and(entry).and("\"");
            panic!("{}", text.help("such as `\"//*.example.com\"`").as_str());
        }
        first = false;
        at += 1;
    }
    if at == host {
        let text = Text::new("\"").and(entry).and("\" has no host");
        panic!(
            "{}",
            text.help("such as `\"https://example.com\"`").as_str()
        );
    }
}

/// Where the host begins.
const fn after_slashes(entry: &[u8]) -> Option<usize> {
    let mut i = 1;
    while i < entry.len() {
        if entry[i] == b'/' && entry[i - 1] == b'/' {
            return Some(i + 1);
        }
        i += 1;
    }
    None
}

const fn starts_with(entry: &[u8], scheme: &[u8]) -> bool {
    let mut i = 0;
    while i < scheme.len() {
        if i >= entry.len() || entry[i].to_ascii_lowercase() != scheme[i] {
            return false;
        }
        i += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use std::panic;

    use super::*;
    use crate::grammar;

    /// What is refused here is refused by the grammar, too; all that it accepts is accepted.
    #[test]
    fn agrees_with_the_grammar() {
        let mut refused = 0;
        for block in include_str!("../grammar/findings.txt").split("\n\n") {
            let entry = block.lines().next().unwrap_or_default().trim_matches('|');
            let entry: &'static str = entry.to_owned().leak();
            let found = panic::catch_unwind(|| origin(entry)).is_err();
            assert!(!found || grammar::origin::parse(entry).is_err(), "{entry}");
            refused += usize::from(found);
        }
        assert!(refused > 20, "{refused}");
    }
}
