//! JSON without copies: parts of a text, and strings that need no escapes.

use super::{
    Name, NameRef, Ref, Undecodable,
    quoted::{push_string, string_len},
};
use crate::{message::Text, pubsub::Payload};

pub(super) fn push_name(out: &mut String, name: NameRef<'_>) {
    match name {
        NameRef::Text(text) => push_string(out, text),
        NameRef::Foreign(json) => out.push_str(json),
    }
}

pub(super) fn name_len(name: NameRef<'_>) -> usize {
    match name {
        NameRef::Text(text) => string_len(text),
        NameRef::Foreign(json) => json.len(),
    }
}

/// serde's error on a value of the wrong type quotes the value, which is left out here.
pub(super) fn undecodable(error: &serde_json::Error, expected: &str) -> Undecodable {
    match error.is_data() {
        true => Undecodable::new(format!("expected {expected}")),
        false => Undecodable::new(error.to_string()),
    }
}

/// Most bytes of a ref or a name, as JSON. A longer one is refused before it is copied. A socket's
/// own limit is lower.
const LONGEST: usize = 64 * 1024;

/// A value of a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A string without escapes: what stands between its quotes.
    Plain(&'a str),
    /// A string with escapes, as JSON.
    Escaped(&'a str),
    /// Anything else, as JSON.
    Other(&'a str),
}

impl<'a> Value<'a> {
    pub(super) const NULL: Value<'static> = Value::Other("null");

    /// Of JSON without spaces around it.
    pub(super) fn of(json: &'a str) -> Self {
        let text = json
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        match text {
            None => Value::Other(json),
            Some(text) if text.contains('\\') => Value::Escaped(json),
            Some(text) => Value::Plain(text),
        }
    }

    /// Itself, unless it is too long to be copied.
    fn bounded(self, too_long: &'static str) -> Result<Self, Undecodable> {
        let length = match self {
            Value::Plain(text) => text.len() + "\"\"".len(),
            Value::Escaped(json) | Value::Other(json) => json.len(),
        };
        if length > LONGEST {
            Err(Undecodable::new(too_long))
        } else {
            Ok(self)
        }
    }
}

/// A text that is known to be JSON: its values become refs, names and payloads.
pub(super) struct Source<'a>(pub(super) &'a Text);

impl Source<'_> {
    pub(super) fn reference(&self, value: Value<'_>) -> Result<Ref, Undecodable> {
        Ok(match value.bounded("a ref is too long")? {
            Value::Plain(text) => Ref::from(text),
            Value::Escaped(json) => Ref::from(&*unescape(json)?),
            Value::Other(json) => Ref::from_json(json),
        })
    }

    pub(super) fn name(&self, value: Value<'_>) -> Result<Name, Undecodable> {
        Ok(match value.bounded("a topic or an event is too long")? {
            Value::Plain(text) => Name::from(self.0.part(text)),
            Value::Escaped(json) => Name::from(Text::from(unescape(json)?)),
            Value::Other(json) => Name::foreign(self.0.part(json)),
        })
    }

    pub(super) fn payload(&self, json: &str) -> Payload {
        Payload::Json(self.0.part(json))
    }
}

fn unescape(json: &str) -> Result<String, Undecodable> {
    serde_json::from_str(json)
        .map_err(|_| Undecodable::new("a string with half of a surrogate pair"))
}
