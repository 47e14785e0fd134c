//! V1: reads what serde_json reads, and echoes it.

use landfall::{
    Message,
    channel::{Serializer, V1},
};
use serde_json::{Value, json};

use super::json::{self, Plain};

pub(crate) fn run(data: &[u8]) {
    let read = V1.decode(Message::from(data.to_vec()));
    let Ok(text) = std::str::from_utf8(data) else {
        assert!(read.is_err());
        return;
    };
    assert_eq!(read, V1.decode(Message::from(text)));
    if let Some(plain) = plain(text) {
        match &read {
            Ok(message) => plain.assert_is(message),
            Err(error) => assert!(!plain.is_short(), "{error}"),
        }
    }
    let Ok(message) = read else { return };
    let [reply, push] = &json::answers(&V1, &message)[..] else {
        unreachable!("two answers")
    };
    if let Some(reply) = reply {
        let payload = json::value(message.payload.as_text().expect("JSON"));
        let topic = &reply["topic"];
        assert_eq!(topic.as_str(), message.topic.as_str());
        let reference = json::value(&message.reference.to_json());
        let whole = json!({
            "event": "phx_reply", "payload": {"response": payload, "status": "ok"},
            "ref": reference, "topic": topic,
        });
        assert_eq!(*reply, whole);
    }
    if let Some(push) = push {
        assert_eq!(
            push["event"].as_str(),
            Some(message.event.as_str().unwrap_or("none"))
        );
        assert_eq!(push["payload"], json!({}));
    }
}

/// An object with all that is needed.
fn plain(text: &str) -> Option<Plain> {
    let Value::Object(mut object) = serde_json::from_str(text).ok()? else {
        return None;
    };
    Some(Plain {
        topic: object.remove("topic")?,
        event: object.remove("event")?,
        payload: object.remove("payload")?,
        reference: object.remove("ref")?,
        join_ref: object.remove("join_ref").unwrap_or_default(),
    })
}
