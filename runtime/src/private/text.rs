//! Messages put together in constants: `panic!` takes one `&str` there and formats nothing.

const ROOM: usize = 1024;

/// A text of bounded length; what does not fit is cut off.
pub(super) struct Text {
    bytes: [u8; ROOM],
    len: usize,
}

impl Text {
    pub(super) const fn new(start: &str) -> Self {
        Text {
            bytes: [0; ROOM],
            len: 0,
        }
        .and(start)
    }

    /// Appends.
    pub(super) const fn and(mut self, more: &str) -> Self {
        let more = more.as_bytes();
        if self.len + more.len() <= ROOM {
            let mut i = 0;
            while i < more.len() {
                self.bytes[self.len + i] = more[i];
                i += 1;
            }
            self.len += more.len();
        }
        self
    }

    /// Appends in backticks, after a comma unless it is the `first`.
    pub(super) const fn and_name(self, name: &str, first: bool) -> Self {
        self.and(if first { "`" } else { ", `" }).and(name).and("`")
    }

    /// Appends a help line.
    pub(super) const fn help(self, text: &str) -> Self {
        self.and("\n\n  = help: ").and(text)
    }

    pub(super) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appends_whole_pieces_or_none() {
        let text = Text::new("a ")
            .and_name("b", true)
            .and_name("c", false)
            .help("d");
        assert_eq!(text.as_str(), "a `b`, `c`\n\n  = help: d");
        assert_eq!(Text::new("a").and(&"ü".repeat(ROOM)).as_str(), "a");
    }
}
