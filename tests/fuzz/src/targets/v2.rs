//! V2: reads what serde_json reads, and echoes it.

use landfall::{
    Message,
    channel::{Serializer, V2},
};
use serde_json::{Value, json};

use super::json::{self, Plain};

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let read = V2.decode(Message::from(text));
    if let Some(plain) = plain(text) {
        match &read {
            Ok(message) => plain.assert_is(message),
            Err(error) => assert!(!plain.is_short(), "{error}"),
        }
    }
    let Ok(message) = read else { return };
    let [reply, push] = &json::answers(&V2, &message)[..] else {
        unreachable!("two answers")
    };
    let join_ref = || json::value(&message.join_ref.to_json());
    if let Some(reply) = reply {
        let payload = json::value(message.payload.as_text().expect("JSON"));
        let reference = json::value(&message.reference.to_json());
        let topic = &reply[2];
        assert_eq!(topic.as_str(), message.topic.as_str());
        let whole = json!([join_ref(), reference, topic, "phx_reply", {"response": payload, "status": "ok"}]);
        assert_eq!(*reply, whole);
    }
    if let Some(push) = push {
        let event = message.event.as_str().unwrap_or("none");
        assert_eq!(*push, json!([join_ref(), null, push[2], event, {}]));
    }
}

/// An array of at least five.
fn plain(text: &str) -> Option<Plain> {
    let Value::Array(elements) = serde_json::from_str(text).ok()? else {
        return None;
    };
    let mut elements = elements.into_iter();
    Some(Plain {
        join_ref: elements.next()?,
        reference: elements.next()?,
        topic: elements.next()?,
        event: elements.next()?,
        payload: elements.next()?,
    })
}
