//! What Phoenix nodes publish: no bytes do harm, JSON stays within its limit, and what is read can
//! be sent on and means the same. What this side sends is what serde_json reads.

use landfall::{
    fuzzing,
    pubsub::{Broadcast, Payload},
};
use serde_json::Value;

use crate::input::Input;

/// The maximum size of a message. JSON has at most four times as much.
const MOST: usize = 64 * 1024;

/// A message from `a` to all, up to the payload of its broadcast, and what follows.
const BEFORE: &[u8] = b"\x83h\x06a\x03w\x06exceptw\x01am\0\0\0\x01tt\0\0\0\x04\
    w\x0a__struct__w\x1fElixir.Phoenix.Socket.Broadcastw\x05eventm\0\0\0\x01ew\x05topicm\0\0\0\x01tw\x07payload";
const BEHIND: &[u8] = b"w\x1dElixir.Phoenix.Channel.Server";

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let kind = input.byte();
    let level = Some(u32::from(kind >> 4)).filter(|level| (1..10).contains(level));
    match kind % 3 {
        0 => hostile(input.0, level),
        1 => hostile(&[BEFORE, input.0, BEHIND].concat(), level),
        _ => json(input.0, level),
    }
}

fn hostile(message: &[u8], level: Option<u32>) {
    let Some((_, Some(broadcast))) = fuzzing::phoenix_read("b", message, MOST) else {
        return;
    };
    if let Some(text) = broadcast.payload().as_text() {
        assert!(text.len() <= 4 * MOST);
        // Names that are longer than a message are possible only in it.
        if let Some(once) = sent_on(&broadcast, level) {
            let twice = sent_on(&once, level).expect("it was sent before");
            assert_eq!(once.payload(), twice.payload());
        }
    } else if let Some(once) = sent_on(&broadcast, level) {
        assert_eq!(once.payload(), broadcast.payload());
    }
}

fn sent_on(broadcast: &Broadcast, level: Option<u32>) -> Option<Broadcast> {
    let parts = (
        broadcast.topic(),
        broadcast.event(),
        broadcast.payload().clone(),
    );
    let message = fuzzing::phoenix_write("a", parts, level, MOST)?;
    let (topic, read) = fuzzing::phoenix_read("b", &message, MOST).expect("our own message");
    let read = read.expect("a broadcast");
    assert_eq!(topic, broadcast.topic());
    assert_eq!(
        (read.topic(), read.event()),
        (broadcast.topic(), broadcast.event())
    );
    assert!(fuzzing::phoenix_read("a", &message, MOST).is_none());
    Some(read)
}

fn json(data: &[u8], level: Option<u32>) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let theirs: Result<Value, _> = serde_json::from_str(text);
    let parts = ("t", "e", Payload::Json(text.into()));
    let Some(message) = fuzzing::phoenix_write("a", parts, level, MOST) else {
        // Beside what is no object, integers of more than a kilobyte are refused, and what is too
        // large.
        let is_object = theirs.is_ok_and(|value| value.is_object());
        assert!(!is_object || text.len() > 2000, "{text}");
        return;
    };
    let (_, read) = fuzzing::phoenix_read("b", &message, MOST).expect("our own message");
    let read = read.expect("a broadcast");
    if let Ok(theirs) = theirs {
        let ours: Value = read.parse().expect("JSON");
        assert_eq!(number_free(ours), number_free(theirs));
    }
}

/// Without the last digits of floats: serde_json may miss them. To serde_json, and not to Erlang,
/// the integer `-0` is a float.
fn number_free(value: Value) -> Value {
    match value {
        Value::Number(number) if number.as_f64() == Some(0.0) => Value::from(0),
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().unwrap_or_default() as f32;
            Value::from(format!("{float:.4e}"))
        }
        Value::Array(values) => values.into_iter().map(number_free).collect(),
        Value::Object(pairs) => pairs
            .into_iter()
            .map(|(key, value)| (key, number_free(value)))
            .collect(),
        other => other,
    }
}
