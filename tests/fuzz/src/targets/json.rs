//! What the JSON serializers have in common.

use landfall::{
    Message,
    channel::{ClientMessage, Ref, Serializer, ServerMessage},
    pubsub::Payload,
};
use serde_json::Value;

/// Topics, events and refs may be refused when they are longer.
const LONG: usize = 1024;

/// What a message says, as serde_json reads it without our help.
pub(crate) struct Plain {
    pub(crate) join_ref: Value,
    pub(crate) reference: Value,
    pub(crate) topic: Value,
    pub(crate) event: Value,
    pub(crate) payload: Value,
}

impl Plain {
    /// Names and refs that every serializer has to take.
    pub(crate) fn is_short(&self) -> bool {
        let fields = [&self.join_ref, &self.reference, &self.topic, &self.event];
        fields
            .into_iter()
            .all(|field| field.to_string().len() <= LONG)
    }

    pub(crate) fn assert_is(&self, message: &ClientMessage) {
        assert_eq!(value(&message.join_ref.to_json()), self.join_ref);
        assert_eq!(value(&message.reference.to_json()), self.reference);
        assert_eq!(message.topic.as_str(), self.topic.as_str());
        assert_eq!(message.event.as_str(), self.event.as_str());
        assert_eq!(
            value(message.payload.as_text().expect("JSON")),
            self.payload
        );
    }
}

/// A text that must be JSON.
pub(crate) fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// The reply to a message that was read, and a push to its topic, as serde_json reads them; `None`
/// if it cannot: it takes less nesting than may be passed on, no numbers like `1e999` and no half
/// of a surrogate pair.
pub(crate) fn answers(serializer: &dyn Serializer, asked: &ClientMessage) -> Vec<Option<Value>> {
    let reply = ServerMessage::Reply {
        join_ref: &asked.join_ref,
        reference: &asked.reference,
        topic: asked.topic.borrow(),
        status: "ok",
        payload: &asked.payload,
    };
    let topic = asked.topic.as_str().unwrap_or("none");
    let event = asked.event.as_str().unwrap_or("none");
    let push = ServerMessage::Push {
        join_ref: &asked.join_ref,
        reference: &Ref::NULL,
        topic,
        event,
        payload: &Payload::EMPTY,
    };
    [reply, push]
        .iter()
        .map(|message| encode(serializer, message))
        .collect()
}

fn encode(serializer: &dyn Serializer, message: &ServerMessage<'_>) -> Option<Value> {
    let sent = serializer
        .encode(message)
        .expect("what was read can be sent");
    let Message::Text(text) = sent else {
        panic!("JSON is text")
    };
    const BEYOND: [&str; 4] = [
        "recursion limit",
        "number out of range",
        "end of hex escape",
        "lone leading surrogate",
    ];
    let beyond = |error: &str| BEYOND.iter().any(|one| error.contains(one));
    serde_json::from_str(&text)
        .map_err(|error| assert!(beyond(&error.to_string()), "{error}: {text}"))
        .ok()
}
