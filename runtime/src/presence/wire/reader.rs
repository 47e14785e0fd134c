//! Reads numbers, texts and counts, none of which may be larger than what is read.

use std::{fmt, str};

use super::super::seen::Replica;

/// How far a replica can count at most. It is far from where numbers end.
pub(super) const MAX_COUNTER: u64 = 1 << 60;

/// Why a message is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::presence) enum Unreadable {
    /// A later version, or a kind that this one does not know.
    Unknown,
    Malformed,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unreadable::Unknown => "of a later version",
            Unreadable::Malformed => "malformed",
        })
    }
}

/// What is left of a message.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn byte(&mut self) -> Result<u8, Unreadable> {
        let (first, rest) = self.0.split_first().ok_or(Unreadable::Malformed)?;
        self.0 = rest;
        Ok(*first)
    }

    /// A number in groups of seven bits, the lowest first, in as few bytes as it needs.
    pub(super) fn number(&mut self) -> Result<u64, Unreadable> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits || (byte == 0 && shift > 0) {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Unreadable::Malformed)
    }

    /// What a replica has counted.
    pub(super) fn counter(&mut self) -> Result<u64, Unreadable> {
        let counter = self.number()?;
        let small = counter <= MAX_COUNTER;
        small.then_some(counter).ok_or(Unreadable::Malformed)
    }

    /// How many follow: at most `most`, and each has a byte at least.
    pub(super) fn count(&mut self, most: usize) -> Result<usize, Unreadable> {
        let count = usize::try_from(self.number()?).map_err(|_| Unreadable::Malformed)?;
        if count > most || count > self.0.len() {
            return Err(Unreadable::Malformed);
        }
        Ok(count)
    }

    /// Text of at most so many bytes.
    pub(super) fn text(&mut self, most: usize) -> Result<&'a str, Unreadable> {
        let length = self.count(most)?;
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        str::from_utf8(text).map_err(|_| Unreadable::Malformed)
    }

    pub(super) fn replica(&mut self) -> Result<Replica, Unreadable> {
        let (number, rest) = self.0.split_first_chunk().ok_or(Unreadable::Malformed)?;
        self.0 = rest;
        Ok(Replica(u64::from_be_bytes(*number)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::writer, *};

    proptest! {
        #[test]
        fn numbers_are_read_as_they_were_written(number: u64, small in 0u64..300) {
            for number in [number, small] {
                let mut bytes = Vec::new();
                writer::number(&mut bytes, number);
                prop_assert_eq!(Reader(&bytes).number(), Ok(number));
                bytes.pop();
                prop_assert_eq!(Reader(&bytes).number(), Err(Unreadable::Malformed));
            }
        }
    }

    #[test]
    fn a_number_has_one_form_and_64_bits() {
        let read = |bytes: &[u8]| Reader(bytes).number();
        assert_eq!(read(&[0x81, 0x00]), Err(Unreadable::Malformed));
        assert_eq!(read(&[0x80, 0x01]), Ok(128));
        let highest = [[0xff; 9].as_slice(), &[0x01]].concat();
        assert_eq!(read(&highest), Ok(u64::MAX));
        let higher = [[0xff; 9].as_slice(), &[0x02]].concat();
        assert_eq!(read(&higher), Err(Unreadable::Malformed));
        assert_eq!(read(&[0xff; 11]), Err(Unreadable::Malformed));
    }

    #[test]
    fn a_count_is_no_larger_than_what_follows() {
        assert_eq!(Reader(&[3, b'a', b'b', b'c']).text(3), Ok("abc"));
        assert_eq!(
            Reader(&[3, b'a', b'b', b'c']).text(2),
            Err(Unreadable::Malformed)
        );
        assert_eq!(
            Reader(&[4, b'a', b'b', b'c']).text(9),
            Err(Unreadable::Malformed)
        );
        assert_eq!(Reader(&[1, 0xff]).text(9), Err(Unreadable::Malformed));
    }
}
