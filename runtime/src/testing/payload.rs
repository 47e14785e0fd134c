//! Payloads as typed values, for tests.

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::pubsub::Payload;

/// A value that a test sends, as JSON.
#[track_caller]
pub(super) fn write(payload: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(payload)
        .unwrap_or_else(|error| panic!("a payload cannot be JSON: {error}"))
}

/// JSON as a value.
#[track_caller]
pub(super) fn read<T: DeserializeOwned>(payload: &Payload, what: &str) -> T {
    match payload {
        Payload::Json(json) => serde_json::from_str(json).unwrap_or_else(|error| {
            let expected = std::any::type_name::<T>();
            panic!("the payload of {what} is not `{expected}`: {error}\n    it is {json}")
        }),
        other => panic!(
            "expected JSON as the payload of {what}, got {}",
            shown(other)
        ),
    }
}

#[track_caller]
pub(super) fn bytes<'a>(payload: &'a Payload, what: &str) -> &'a Bytes {
    match payload {
        Payload::Binary(bytes) => bytes,
        other => panic!(
            "expected bytes as the payload of {what}, got {}",
            shown(other)
        ),
    }
}

/// A payload in the text of a failure. A long one is cut.
pub(super) fn shown(payload: &Payload) -> String {
    match payload {
        Payload::Json(text) => shortened(text),
        Payload::Text(text) => format!("the text {}", shortened(&format!("{text:?}"))),
        Payload::Binary(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// The beginning of a text.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 400;

    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
