//! The elements of a V2 message.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    Undecodable,
    json::{self, Value},
    quoted::is_plain,
};

const FIVE: &str = "an array of at least 5 elements";

/// An array of five or more values. What follows the fifth is skipped.
pub(super) struct Five<'a> {
    /// Both refs, topic and event.
    pub(super) envelope: [Value<'a>; 4],
    pub(super) payload: &'a str,
}

impl<'a> Five<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, Undecodable> {
        match plain(text) {
            Some(five) => Ok(five),
            None => serde_json::from_str(text).map_err(|error| json::undecodable(&error, FIVE)),
        }
    }
}

/// What Phoenix's clients send: no spaces between the elements, strings without escapes and nulls,
/// and an object. Anything else, and what is no JSON, is `None`.
fn plain(text: &str) -> Option<Five<'_>> {
    let mut at = text.starts_with('[').then_some(1)?;
    let mut envelope = [Value::NULL; 4];
    for value in &mut envelope {
        (*value, at) = element(text, at)?;
    }
    let payload = text.get(at..text.len() - 1)?;
    (text.ends_with(']') && is_object(payload)).then_some(Five { envelope, payload })
}

/// The element that begins here, and where the one after its comma does.
fn element(text: &str, at: usize) -> Option<(Value<'_>, usize)> {
    let bytes = text.as_bytes();
    if *bytes.get(at)? != b'"' {
        let (null, rest) = text.get(at..)?.split_at_checked("null".len())?;
        let is_null = null == "null" && rest.starts_with(',');
        // A part of the text, as every value is.
        return is_null.then_some((Value::Other(null), at + "null,".len()));
    }
    let start = at + 1;
    let rest = bytes.get(start..)?;
    let end = start + rest.iter().position(|byte| !is_plain(*byte))?;
    let ends = bytes[end] == b'"' && *bytes.get(end + 1)? == b',';
    Some((Value::Plain(ends.then(|| text.get(start..end))??), end + 2))
}

/// Whether it is one JSON object, without spaces around it.
fn is_object(json: &str) -> bool {
    json == "{}"
        || (json.starts_with('{')
            && json.ends_with('}')
            && serde_json::from_str::<IgnoredAny>(json).is_ok())
}

impl<'de> Deserialize<'de> for Five<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(FiveVisitor)
    }
}

struct FiveVisitor;

impl<'de> Visitor<'de> for FiveVisitor {
    type Value = Five<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FIVE)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Five<'de>, A::Error> {
        let mut values = [RawValue::NULL; 5];
        for (index, value) in values.iter_mut().enumerate() {
            *value = seq
                .next_element()?
                .ok_or_else(|| A::Error::invalid_length(index, &self))?;
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        let [join_ref, reference, topic, event, payload] = values.map(RawValue::get);
        Ok(Five {
            envelope: [join_ref, reference, topic, event].map(Value::of),
            payload,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_send_is_read_as_any_json_is() {
        let strings = [
            "\"\"",
            "\"1\"",
            "\"rööm:7\"",
            "null",
            "1",
            "\"a\\n\"",
            "\"\u{1}\"",
            "\"",
            "",
        ];
        let payloads = [
            "{}",
            "{\"a\":[1,{}]}",
            "[]",
            "\"x\"",
            "{",
            "}",
            "{}}",
            "{},{}",
            "{} ",
            "{\"a\":01}",
            "{\"\\ud800\":1}",
        ];
        let mut plain_ones = 0;
        for first in strings {
            for second in strings {
                for payload in payloads {
                    let text = format!("[{first},\"2\",{second},\"e\",{payload}]");
                    let read: Result<Five<'_>, _> = serde_json::from_str(&text);
                    let Some(five) = plain(&text) else { continue };
                    plain_ones += 1;
                    let read = read.unwrap_or_else(|error| panic!("{text}: {error}"));
                    assert_eq!((five.envelope, five.payload), (read.envelope, read.payload));
                }
            }
        }
        assert_eq!(plain_ones, 4 * 4 * 3);
    }
}
