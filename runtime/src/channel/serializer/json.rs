//! JSON without copies: parts of a text, and strings that need no escapes.

use serde_json::value::RawValue;

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

/// A text that is known to be JSON: its values become refs, names and payloads.
pub(super) struct Source<'a>(pub(super) &'a Text);

impl Source<'_> {
    pub(super) fn reference(&self, value: &RawValue) -> Result<Ref, Undecodable> {
        let value = bounded(value, "a ref is too long")?;
        Ok(match string(value) {
            None => Ref::from_json(value),
            Some(Quoted::Plain(text)) => Ref::from(text),
            Some(Quoted::Escaped(json)) => Ref::from(&*unescape(json)?),
        })
    }

    pub(super) fn name(&self, value: &RawValue) -> Result<Name, Undecodable> {
        let value = bounded(value, "a topic or an event is too long")?;
        Ok(match string(value) {
            None => Name::foreign(self.part(value)?),
            Some(Quoted::Plain(text)) => Name::from(self.part(text)?),
            Some(Quoted::Escaped(json)) => Name::from(Text::from(unescape(json)?)),
        })
    }

    pub(super) fn payload(&self, value: &RawValue) -> Result<Payload, Undecodable> {
        self.part(value.get()).map(Payload::Json)
    }

    fn part(&self, part: &str) -> Result<Text, Undecodable> {
        self.0
            .part(part)
            .map_err(|_| Undecodable::new("text that is not UTF-8"))
    }
}

fn bounded<'a>(value: &'a RawValue, too_long: &'static str) -> Result<&'a str, Undecodable> {
    let json = value.get();
    if json.len() > LONGEST {
        Err(Undecodable::new(too_long))
    } else {
        Ok(json)
    }
}

enum Quoted<'a> {
    /// What stands between the quotes is the string.
    Plain(&'a str),
    /// With its quotes.
    Escaped(&'a str),
}

/// `None` for a value that is not a string.
fn string(json: &str) -> Option<Quoted<'_>> {
    let text = json.strip_prefix('"')?.strip_suffix('"')?;
    Some(if text.contains('\\') {
        Quoted::Escaped(json)
    } else {
        Quoted::Plain(text)
    })
}

fn unescape(json: &str) -> Result<String, Undecodable> {
    serde_json::from_str(json)
        .map_err(|_| Undecodable::new("a string with half of a surrogate pair"))
}
