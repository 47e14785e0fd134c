use super::{
    wire::{BROADCAST, DEPTH, JSON, TERMS},
    *,
};
use crate::pubsub::{Broadcast, Payload};

mod golden;
mod limits;
mod numbers;
mod round_trip;

/// The default of `max_message`.
const MOST: usize = 8 * 1024 * 1024;

fn node(name: &str) -> Wire {
    Wire::new(name, None, MOST)
}

/// What a node makes of a message.
fn read(wire: &Wire, message: &[u8]) -> Result<Broadcast, Ignored> {
    wire.open(message)?.read()
}

fn json(text: &str) -> Broadcast {
    Broadcast::new("room:1", "ev", Payload::Json(text.into()))
}

/// The JSON that clients get of a payload that went from one node to another.
fn carried(text: &str) -> String {
    let message = node("a@host").for_all(&json(text)).expect(text);
    match read(&node("b@host"), &message) {
        Ok(broadcast) => {
            assert_eq!((broadcast.topic(), broadcast.event()), ("room:1", "ev"));
            broadcast.payload().as_text().expect("JSON").to_owned()
        }
        other => panic!("{other:?}"),
    }
}

fn refused(broadcast: &Broadcast) -> String {
    let error = node("a@host").for_all(broadcast);
    error.expect_err("it is refused").to_string()
}
