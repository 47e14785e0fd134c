//! Counts the `content-length` lines of a head as it comes in.
//!
//! hyper keeps only what it goes by: of a length beside a `transfer-encoding`, or one that is repeated, nothing is
//! left to see in the request.

const NAME: &[u8] = b"content-length";

/// Where in the head the last byte was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Before the request line, where empty lines are passed over.
    Before,
    /// At the start of a line that agrees with [`NAME`] so far.
    Name(u8),
    /// In a line that is of no interest.
    Line,
    /// Past the empty line.
    End,
}

#[derive(Debug)]
pub(super) struct Lengths {
    at: At,
    pub(super) count: u8,
}

impl Lengths {
    pub(super) const fn new() -> Self {
        Lengths { at: At::Before, count: 0 }
    }

    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        while let [first, rest @ ..] = bytes {
            bytes = rest;
            self.at = match (self.at, first) {
                (At::End, _) => return,
                (At::Before, b'\r' | b'\n') => At::Before,
                (At::Name(0), b'\r' | b'\n') => At::End,
                (_, b'\n') => At::Name(0),
                (At::Name(n), byte) if NAME.get(n as usize) == Some(&byte.to_ascii_lowercase()) => {
                    At::Name(n + 1)
                }
                (At::Name(n), b':') if n as usize == NAME.len() => {
                    self.count = self.count.saturating_add(1);
                    At::Line
                }
                _ => {
                    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                    bytes = &rest[end..];
                    At::Line
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(parts: &[&str]) -> u8 {
        let mut lengths = Lengths::new();
        parts.iter().for_each(|part| lengths.read(part.as_bytes()));
        lengths.count
    }

    #[test]
    fn only_names_of_the_head_count() {
        assert_eq!(count(&["GET / HTTP/1.1\r\nContent-Length: 5\r\ncontent-length:5\r\n\r\n"]), 2);
        assert_eq!(count(&["GET / HTTP/1.1\r\nx: 5\r\n\r\ncontent-length: 5\r\n"]), 0);
        assert_eq!(
            count(&["GET / HTTP/1.1\r\nx-content-length: 5\r\ncontent-lengthy: 5\r\nx: content-length:\r\n"]),
            0
        );
        assert_eq!(count(&["\r\n\r\nGET / HTTP/1.1\ncontent-length: 5\n\ncontent-length: 5\n"]), 1);
        assert_eq!(count(&["content-length: 5\r\n"]), 0, "the request line");
    }

    #[test]
    fn it_does_not_matter_where_reads_end() {
        let head = "POST / HTTP/1.1\r\nhost: a\r\nCONTENT-length: 5\r\n\r\ncontent-length: 5\r\n";
        for i in 0..head.len() {
            for j in i..head.len() {
                assert_eq!(count(&[&head[..i], &head[i..j], &head[j..]]), 1);
            }
        }
    }
}
