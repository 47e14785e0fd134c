//! The slots of a cluster, and which server has each.

use redis::Value;

/// How many slots a cluster has.
const SLOTS: u16 = 16_384;
/// The maximum number of ranges that a server may name.
const MOST: usize = SLOTS as usize;

/// Where a server is: a host and a port.
pub(super) type Address = (String, u16);

/// The slot of a channel. If it has something in braces, that alone decides.
pub(super) fn slot(channel: &str) -> u16 {
    let tag = || {
        let (_, rest) = channel.split_once('{')?;
        let (tag, _) = rest.split_once('}')?;
        (!tag.is_empty()).then_some(tag)
    };
    crc16(tag().unwrap_or(channel).as_bytes()) % SLOTS
}

/// CRC-16 as in XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            let carry = crc & 0x8000 != 0;
            (crc << 1) ^ if carry { 0x1021 } else { 0 }
        })
    })
}

/// Which server has which slots.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slots {
    /// The last slot of a range, and its server: its place in `masters`. Sorted, without holes.
    ranges: Vec<(u16, usize)>,
    masters: Vec<Address>,
}

impl Slots {
    /// Reads the answer to `CLUSTER SLOTS`. A server that does not know its own name is called
    /// `asked`.
    ///
    /// # Errors
    /// What is wrong with it: also that a slot has no server.
    pub(super) fn read(answer: &Value, asked: &str) -> Result<Self, &'static str> {
        const MALFORMED: &str = "the list of slots cannot be read";
        let ranges = list(answer).ok_or(MALFORMED)?;
        if ranges.len() > MOST {
            return Err(MALFORMED);
        }
        let read = ranges.iter().map(|range| read_range(range, asked));
        let mut read: Vec<_> = read.collect::<Option<_>>().ok_or(MALFORMED)?;
        read.sort_by_key(|(first, ..)| *first);
        let (mut slots, mut next) = (Slots::empty(), 0);
        for (first, last, address) in read {
            if first != next || last < first || last >= SLOTS {
                return Err("a slot has no server, or more than one");
            }
            let master = slots.place(address);
            slots.ranges.push((last, master));
            next = last + 1;
        }
        if next == SLOTS {
            Ok(slots)
        } else {
            Err("a slot has no server")
        }
    }

    fn empty() -> Self {
        Slots {
            ranges: Vec::new(),
            masters: Vec::new(),
        }
    }

    fn place(&mut self, address: Address) -> usize {
        let known = self.masters.iter().position(|master| *master == address);
        known.unwrap_or_else(|| {
            self.masters.push(address);
            self.masters.len() - 1
        })
    }

    /// The servers that have slots.
    pub(super) fn masters(&self) -> &[Address] {
        &self.masters
    }

    /// The place among the masters of the one that has a channel.
    pub(super) fn master_of(&self, channel: &str) -> usize {
        let slot = slot(channel);
        let place = self.ranges.partition_point(|(last, _)| *last < slot);
        self.ranges.get(place).map_or(0, |(_, master)| *master)
    }
}

/// The first slot, the last one, and the master.
fn read_range(range: &Value, asked: &str) -> Option<(u16, u16, Address)> {
    let [first, last, master, ..] = list(range)? else {
        return None;
    };
    let [host, port, ..] = list(master)? else {
        return None;
    };
    let host = match host {
        Value::BulkString(host) => std::str::from_utf8(host).ok()?,
        Value::SimpleString(host) => host,
        Value::Nil => "",
        _ => return None,
    };
    let host = match host {
        "" | "?" => asked,
        host => host,
    };
    Some((
        number(first)?,
        number(last)?,
        (host.to_owned(), number(port)?),
    ))
}

fn number(value: &Value) -> Option<u16> {
    match value {
        Value::Int(number) => u16::try_from(*number).ok(),
        _ => None,
    }
}

fn list(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(list) => Some(list),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_have_the_slots_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        // As `CLUSTER KEYSLOT` says.
        assert_eq!(slot("foo"), 12_182);
        assert_eq!(slot("foo{hash_tag}"), slot("{hash_tag}bar"));
        assert_eq!(slot("foo{}{bar}"), crc16(b"foo{}{bar}") % SLOTS);
        assert_eq!(slot("foo{{bar}}zap"), crc16(b"{bar") % SLOTS);
        assert_eq!(slot("}a{b"), crc16(b"}a{b") % SLOTS);
    }

    fn range(first: i64, last: i64, host: &str, port: i64) -> Value {
        let host = match host {
            "" => Value::Nil,
            host => Value::BulkString(host.as_bytes().to_vec()),
        };
        let master = Value::Array(vec![host, Value::Int(port)]);
        Value::Array(vec![Value::Int(first), Value::Int(last), master])
    }

    #[test]
    fn each_slot_has_its_server() {
        let answer = Value::Array(vec![
            range(8192, 16_383, "b", 2),
            range(0, 100, "", 1),
            range(101, 8191, "b", 2),
        ]);
        let slots = Slots::read(&answer, "a").expect("it is whole");
        assert_eq!(slots.masters(), [("a".to_owned(), 1), ("b".to_owned(), 2)]);
        assert_eq!(slots.master_of("foo"), 1);
        for n in 0..10_000 {
            let channel = n.to_string();
            let low = slot(&channel) <= 100;
            assert_eq!(slots.master_of(&channel), usize::from(!low));
        }
    }

    #[test]
    fn what_a_server_says_wrong_is_an_error() {
        let wrong = |ranges| Slots::read(&Value::Array(ranges), "a").is_err();
        assert!(wrong(vec![]));
        assert!(wrong(vec![range(0, 16_382, "a", 1)]));
        assert!(wrong(vec![range(0, 16_384, "a", 1)]));
        assert!(wrong(vec![range(0, 5, "a", 1), range(5, 16_383, "a", 1)]));
        assert!(wrong(vec![range(0, 5, "a", 1), range(7, 16_383, "a", 1)]));
        assert!(wrong(vec![range(5, 0, "a", 1), range(1, 16_383, "a", 1)]));
        assert!(wrong(vec![range(0, 16_383, "a", 65_536)]));
        assert!(wrong(vec![range(-1, 16_383, "a", 1)]));
        assert!(wrong(vec![Value::Nil]));
        assert!(Slots::read(&Value::Okay, "a").is_err());
    }
}
