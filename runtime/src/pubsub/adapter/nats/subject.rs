//! Names of subjects: what NATS forbids in them is escaped.

use std::fmt::Write;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::pubsub::adapter::Channel;

/// The maximum length in bytes of an escaped name. A server ends the connection of a client whose
/// lines are longer than it allows, and clients of an endpoint choose topics.
const LONGEST: usize = 512;

/// The subjects of a cluster.
#[derive(Clone, Debug)]
pub(super) struct Subjects {
    cluster: String,
}

impl Subjects {
    pub(super) fn new(cluster: &str) -> Self {
        Subjects {
            cluster: escape(cluster),
        }
    }

    pub(super) fn of(&self, channel: &Channel) -> String {
        match channel {
            Channel::Topic(topic) => self.topic(topic),
            Channel::Node(node) => format!("{}.node.{}", self.cluster, escape(node)),
            Channel::All => format!("{}.all", self.cluster),
        }
    }

    pub(super) fn topic(&self, topic: &str) -> String {
        format!("{}.topic.{}", self.cluster, escape(topic))
    }

    /// By this a node hears from the server that what it said before has been taken.
    pub(super) fn echo(&self, node: &str) -> String {
        format!("{}.echo.{}", self.cluster, escape(node))
    }
}

/// A name without dots, blanks and wildcards, and not empty. Two names never have the same form:
/// each byte that is no letter, digit, `_`, `-` or `:` becomes `%` and two digits, no name at all
/// is `%`, and a long one is `%%` and its SHA-256.
fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b':' => {
                escaped.push(byte.into());
            }
            _ => {
                let _ = write!(escaped, "%{byte:02x}");
            }
        }
        if escaped.len() > LONGEST {
            return format!("%%{}", HEXLOWER.encode(&Sha256::digest(name)));
        }
    }
    if escaped.is_empty() {
        escaped.push('%');
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn unescape(escaped: &str) -> Option<String> {
        if escaped == "%" {
            return Some(String::new());
        }
        let mut bytes = Vec::new();
        let mut rest = escaped;
        while let Some(first) = rest.chars().next() {
            let (byte, after) = match first {
                '%' => (u8::from_str_radix(rest.get(1..3)?, 16).ok()?, &rest[3..]),
                plain => (plain as u8, &rest[1..]),
            };
            bytes.push(byte);
            rest = after;
        }
        String::from_utf8(bytes).ok()
    }

    proptest! {
        #[test]
        fn a_name_can_be_read_back(name in any::<String>()) {
            let escaped = escape(&name);
            prop_assert!(!escaped.is_empty() && escaped.is_ascii());
            prop_assert!(!escaped.contains(['.', '*', '>', ' ', '\t', '\r', '\n']));
            if !escaped.starts_with("%%") {
                prop_assert_eq!(unescape(&escaped), Some(name));
            }
        }
    }

    #[test]
    fn channels_have_subjects() {
        let subjects = Subjects::new("my chat");
        for (channel, subject) in [
            (Channel::All, "my%20chat.all"),
            (Channel::Topic("room:1".into()), "my%20chat.topic.room:1"),
            (
                Channel::Topic("a.b.*.>".into()),
                "my%20chat.topic.a%2eb%2e%2a%2e%3e",
            ),
            (Channel::Topic("".into()), "my%20chat.topic.%"),
            (Channel::Topic("é%".into()), "my%20chat.topic.%c3%a9%25"),
            (Channel::Node("n-1".into()), "my%20chat.node.n-1"),
        ] {
            assert_eq!(subjects.of(&channel), subject);
        }
        let long: HashSet<_> = (0..3).map(|at| escape(&"é".repeat(500 + at))).collect();
        assert_eq!(long.len(), 3);
        assert!(long.iter().all(|name| name.len() == 66));
    }
}
