//! Reads from a request's head how long the body is.

use memchr::memchr;

/// The bytes are not a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// The body after a head.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    Length(u64),
    Chunked,
}

/// A header that determines the length of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    ContentLength,
    TransferEncoding,
}

impl Name {
    const fn text(self) -> &'static [u8] {
        match self {
            Name::ContentLength => b"content-length",
            Name::TransferEncoding => b"transfer-encoding",
        }
    }

    /// The header whose name begins with this byte.
    fn beginning(first: u8) -> Option<Name> {
        match first {
            b'c' | b'C' => Some(Name::ContentLength),
            b't' | b'T' => Some(Name::TransferEncoding),
            _ => None,
        }
    }
}

/// The position of the last byte in the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Before the request line, where empty lines are skipped.
    Before,
    /// At the start of a line.
    Start,
    /// In a line that matches a name so far.
    Name(Name, u8),
    /// In the value of a `content-length`.
    Length,
    /// In a line that does not matter.
    Line,
    /// In the empty line at the end.
    End,
}

#[derive(Debug)]
pub(super) struct Head {
    at: At,
    lengths: u8,
    coded: bool,
    length: u64,
}

impl Head {
    pub(super) const fn new() -> Self {
        Head {
            at: At::Before,
            lengths: 0,
            coded: false,
            length: 0,
        }
    }

    pub(super) fn has_begun(&self) -> bool {
        self.at != At::Before
    }

    /// Consumes the head's bytes. At its end, returns the kind of body. The result for a head that
    /// hyper refuses does not matter.
    pub(super) fn read(&mut self, bytes: &mut &[u8]) -> Option<Result<Body, Malformed>> {
        loop {
            if self.at == At::Line && !self.skip_lines(bytes) {
                return None;
            }
            if self.at == At::Start
                && let Some(rest) = bytes.strip_prefix(b"\r\n")
            {
                *bytes = rest;
                return Some(self.body());
            }
            let [first, rest @ ..] = *bytes else {
                return None;
            };
            *bytes = rest;
            self.at = match (self.at, *first) {
                (At::Before, b'\r' | b'\n') => At::Before,
                (At::Start, b'\r') => At::End,
                (At::Start | At::End, b'\n') => return Some(self.body()),
                (_, b'\n') => At::Start,
                (At::Start, byte) => {
                    Name::beginning(byte).map_or(At::Line, |name| At::Name(name, 1))
                }
                (At::Name(name, n), byte)
                    if name.text().get(usize::from(n)) == Some(&byte.to_ascii_lowercase()) =>
                {
                    At::Name(name, n + 1)
                }
                (At::Name(name, n), b':') if usize::from(n) == name.text().len() => {
                    self.value(name)
                }
                (At::Length, byte) => {
                    self.digit(byte);
                    At::Length
                }
                (At::Before | At::Name(..) | At::Line | At::End, _) => At::Line,
            };
        }
    }

    /// Skips lines that do not matter, as most do, to the start of one that may. False if there is
    /// none yet.
    #[inline]
    fn skip_lines(&mut self, bytes: &mut &[u8]) -> bool {
        while let Some(end) = memchr(b'\n', bytes) {
            *bytes = &bytes[end + 1..];
            match bytes.first() {
                Some(b'\r' | b'\n') | None => self.at = At::Start,
                Some(byte) if Name::beginning(*byte).is_some() => self.at = At::Start,
                Some(_) => continue,
            }
            return !bytes.is_empty();
        }
        *bytes = &[];
        false
    }

    fn value(&mut self, name: Name) -> At {
        match name {
            Name::ContentLength => {
                self.lengths = self.lengths.saturating_add(1);
                At::Length
            }
            Name::TransferEncoding => {
                self.coded = true;
                At::Line
            }
        }
    }

    /// Adds a digit. If the value is not a number, hyper refuses the head.
    fn digit(&mut self, byte: u8) {
        if byte.is_ascii_digit() {
            self.length = self
                .length
                .saturating_mul(10)
                .saturating_add(u64::from(byte - b'0'));
        }
    }

    /// The kind of body. A head has at most one length, and no length beside a coding (RFC 9112,
    /// 6).
    fn body(&self) -> Result<Body, Malformed> {
        match (self.coded, self.lengths) {
            (true, 0) => Ok(Body::Chunked),
            (false, 0 | 1) => Ok(Body::Length(self.length)),
            _ => Err(Malformed),
        }
    }
}
