//! What replicas write for each other: it is read as it was meant, and nothing else is read.

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::json;

use super::{
    super::{
        entry::Entry,
        limits::*,
        meta::*,
        seen::*,
        state::*,
        wire::{self, Message, Place, Unreadable},
    },
    merge::{World, ops},
};

const NAME: &str = "presence";

/// What a replica can say of itself after such a history.
fn messages() -> impl Strategy<Value = (Replica, Message)> {
    let number = || prop_oneof![0u64..5, 0u64..1_000_000];
    (
        ops(),
        0usize..3,
        0usize..5,
        vec(1u64..40, 0..12),
        number(),
        number(),
    )
        .prop_map(|(ops, at, kind, seen, from, until)| {
            let state = &World::after(ops).states[at];
            let replica = state.replica();
            let mut since = Seen::new();
            seen.iter()
                .for_each(|counter| since.insert(Dot::new(replica, *counter)));
            let clock = state.seen().last(replica);
            let place = Place { from, until };
            let message = match kind {
                0 => Message::Beat { clock },
                1 => Message::Changes(state.piece(&since, (1, clock), usize::MAX).0),
                2 => Message::Ask {
                    of: replica,
                    place,
                    since,
                },
                3 => {
                    let (delta, next) = state.piece(&since, (1, clock), 100);
                    Message::Piece { place, next, delta }
                }
                _ => Message::Gone,
            };
            (replica, message)
        })
}

/// Subscribers' numbers are nobody else's concern.
fn anonymous(mut message: Message) -> Message {
    if let Message::Changes(delta) | Message::Piece { delta, .. } = &mut message {
        for (dot, entry) in &mut delta.entries {
            entry.by.replica = dot.replica;
            entry.by.id = crate::pubsub::SubscriberId::LOWEST;
        }
    }
    message
}

proptest! {
    #[test]
    fn what_is_written_is_read((from, message) in messages()) {
        let bytes = wire::write(NAME, from, &message);
        prop_assert_eq!(wire::read(&bytes), Ok((NAME, from, anonymous(message))));
    }

    #[test]
    fn what_is_cut_or_has_more_is_refused((from, message) in messages(), at: Index, more: u8) {
        let mut bytes = wire::write(NAME, from, &message);
        prop_assert!(wire::read(&bytes[..at.index(bytes.len())]).is_err());
        bytes.push(more);
        prop_assert!(wire::read(&bytes).is_err());
    }

    #[test]
    fn what_is_changed_is_refused_or_means_something((from, message) in messages(), at: Index, byte: u8) {
        let mut bytes = wire::write(NAME, from, &message);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok((name, from, message)) = wire::read(&bytes) {
            let again = wire::write(name, from, &message);
            prop_assert_eq!(wire::read(&again), Ok((name, from, message)));
        }
    }
}

fn replica() -> Replica {
    Replica(7)
}

/// One presence in one message.
fn one(topic: &str, key: &str, fields: &str) -> Vec<u8> {
    let text = |text: &str| {
        let mut length = text.len();
        let mut out = Vec::new();
        while length > 0x7f {
            out.push(length as u8 | 0x80);
            length >>= 7;
        }
        out.push(length as u8);
        out.extend_from_slice(text.as_bytes());
        out
    };
    let head = [&[1][..], &text(NAME), &7u64.to_be_bytes(), &[2]].concat();
    let known = [1, 0, 0]; // one range: 1 to 1
    [
        &head[..],
        &known,
        &[1],
        &text(topic),
        &[1, 0, 0, 0],
        &text(key),
        &text(fields),
    ]
    .concat()
}

fn entries(bytes: &[u8]) -> Result<Vec<Entry>, Unreadable> {
    match wire::read(bytes)?.2 {
        Message::Changes(delta) => Ok(delta.entries.into_values().collect()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_presence_is_read_with_its_limits() {
    let read = |topic: &str, key: &str, fields: &str| entries(&one(topic, key, fields));
    let found = read("room", "ann", r#""a":1"#).expect("well-formed");
    let dot = Dot::new(replica(), 1);
    assert_eq!(
        (&*found[0].topic, &*found[0].key, found[0].meta.fields()),
        ("room", "ann", r#""a":1"#)
    );
    let expected =
        Fields::of(&json!({"a": 1})).and_then(|fields| fields.into_meta(PhxRef(dot), None));
    assert_eq!(found[0].meta, expected.expect("a meta"));
    assert!(read("room", "", "").is_ok());

    let long = |length: usize| "k".repeat(length);
    assert!(read(&long(MAX_TOPIC), &long(MAX_KEY), "").is_ok());
    for bad in [
        read(&long(MAX_TOPIC + 1), "ann", ""),
        read("room", &long(MAX_KEY + 1), ""),
        read("room", "__proto__", ""),
        read("room", "ann", &format!(r#""a":"{}""#, long(MAX_META))),
        read("room", "ann", r#""phx_ref":"mine""#),
        read("room", "ann", r#""a":1,"phx_ref_prev":"mine""#),
        read("room", "ann", r#""a""#),
        read("room", "ann", r#""a":1},"b":{"c":1"#),
        read("room", "ann", ","),
    ] {
        assert_eq!(bad, Err(Unreadable::Malformed));
    }
}

#[test]
fn counts_are_no_larger_than_what_follows() {
    let head = [&[1, 1, b'p'][..], &7u64.to_be_bytes(), &[2]].concat();
    for counts in [
        &[0xff, 0xff, 0xff, 0xff, 0x0f][..], // ranges
        &[0, 0xff, 0xff, 0x03],              // topics
        &[0, 0, 0xff, 0xff, 0x03],           // presences
    ] {
        let bytes = [&head[..], counts].concat();
        assert_eq!(wire::read(&bytes), Err(Unreadable::Malformed));
    }
    let large = [&one("room", "ann", "")[..], &vec![0; 1024 * 1024]].concat();
    assert_eq!(wire::read(&large), Err(Unreadable::Malformed));
}

#[test]
fn later_versions_and_kinds_are_told_from_nonsense() {
    let mut bytes = wire::write(NAME, replica(), &Message::Gone);
    *bytes.last_mut().expect("a kind") = 99;
    assert_eq!(wire::read(&bytes), Err(Unreadable::Unknown));
    bytes[0] = 2;
    assert_eq!(wire::read(&bytes), Err(Unreadable::Unknown));
    bytes[0] = 0;
    assert_eq!(wire::read(&bytes), Err(Unreadable::Malformed));
    assert_eq!(wire::read(&[]), Err(Unreadable::Malformed));
}

#[test]
fn the_first_version_stays_as_it_is() {
    let dot = Dot::new(replica(), 3);
    let fields = Fields::of(&json!({"a": true})).expect("an object");
    let previous = Some(PhxRef(Dot::new(replica(), 2)));
    let entry = Entry {
        topic: "room".into(),
        key: "ann".into(),
        by: State::new(replica()).tracker(crate::pubsub::SubscriberId::LOWEST),
        meta: fields.into_meta(PhxRef(dot), previous).expect("a meta"),
    };
    let delta = State::removal(&[Dot::new(replica(), 2)]).add(dot, entry);
    let bytes = wire::write("p", replica(), &Message::Changes(delta));
    let expected: Vec<u8> = [
        &[1, 1, b'p', 0, 0, 0, 0, 0, 0, 0, 7, 2][..], // version, name, replica, kind
        &[1, 1, 1],                                   // one range: 2 to 3
        &[1, 4, b'r', b'o', b'o', b'm'],              // one topic
        &[1, 2, 0, 2, 3, b'a', b'n', b'n', 8],        // one presence: 3, topic 0, after 2, key
        b"\"a\":true",
    ]
    .concat();
    assert_eq!(bytes, expected);
}
