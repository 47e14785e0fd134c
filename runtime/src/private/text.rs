//! Messages put together in constants: `panic!` takes one `&str` there and formats nothing.

use std::panic::Location;

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

    /// Appends `file:line`.
    pub(super) const fn and_location(self, location: &Location<'_>) -> Self {
        self.and(location.file())
            .and(":")
            .and_number(location.line())
    }

    pub(super) const fn and_number(self, number: u32) -> Self {
        let tens = match number / 10 {
            0 => self,
            tens => self.and_number(tens),
        };
        let digit = [b'0' + (number % 10) as u8];
        match str::from_utf8(&digit) {
            Ok(digit) => tens.and(digit),
            Err(_) => tens,
        }
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

    #[test]
    fn appends_a_location() {
        let here = Location::caller();
        let text = Text::new("at ").and_location(here);
        assert_eq!(text.as_str(), format!("at {}:{}", file!(), here.line()));
        assert_eq!(Text::new("").and_number(0).as_str(), "0");
        assert_eq!(Text::new("").and_number(u32::MAX).as_str(), "4294967295");
    }
}
