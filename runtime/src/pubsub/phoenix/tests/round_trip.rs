//! Payloads of all kinds go there and back, and bytes of all kinds do no harm.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;
use crate::pubsub::phoenix::parse::parse;

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<u8>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::from),
            object(inner, 0..5),
        ]
    })
}

fn object(
    inner: impl Strategy<Value = Value>,
    sizes: std::ops::Range<usize>,
) -> impl Strategy<Value = Value> {
    prop::collection::vec((any::<String>(), inner), sizes)
        .prop_map(|pairs| Value::from(Map::from_iter(pairs)))
}

/// Erlang has two ways to keep a map: with up to 32 keys, and with more.
fn any_payload() -> impl Strategy<Value = Value> {
    prop_oneof![
        object(any_value(), 0..5),
        object(any::<u16>().prop_map(Value::from), 28..37),
    ]
}

proptest! {
    #[test]
    fn a_payload_arrives_as_it_was(value in any_payload(), level in prop::option::of(1_u32..10)) {
        let wire = Wire::new("a@host", level, MOST);
        let broadcast = json(&value.to_string());
        let message = wire.for_all(&broadcast).expect("encodable");
        prop_assert_eq!(read(&wire, &message).expect_err("ignored"), Ignored::Own);
        let Ok(arrived) = read(&node("b@host"), &message) else {
            panic!("{value}");
        };
        // The same text for both: serde_json reads floats by their digits, and may miss the last one.
        prop_assert_eq!(arrived.parse::<Value>().expect("JSON"), broadcast.parse::<Value>().expect("JSON"));
        // What Erlang would have written, had the payload come from there, is written again.
        let again = wire.for_all(&arrived).expect("encodable");
        prop_assert_eq!(again, message);
    }

    #[test]
    fn bytes_arrive_as_they_were(topic in ".{0,60}", event in ".{0,60}", bytes: Vec<u8>) {
        let broadcast = Broadcast::new(&topic, &event, Payload::Binary(bytes.into()));
        let message = node("a@host").for_one("b@host", &broadcast).expect("encodable");
        prop_assert_eq!(read(&node("c@host"), &message).expect_err("ignored"), Ignored::Elsewhere);
        let Ok(arrived) = read(&node("b@host"), &message) else {
            panic!("{broadcast:?}");
        };
        prop_assert_eq!(arrived.topic(), topic);
        prop_assert_eq!(arrived.event(), event);
        prop_assert_eq!(arrived.payload(), broadcast.payload());
    }

    #[test]
    fn changed_bytes_are_read_or_ignored(value in any_payload(), at: prop::sample::Index, to: u8) {
        let wire = node("b@host");
        let mut message = node("a@host").for_all(&json(&value.to_string())).expect("encodable");
        let at = at.index(message.len());
        message[at] = to;
        if let Ok(arrived) = read(&wire, &message) {
            prop_assert!(arrived.payload().len() <= JSON * MOST);
        }
        let _ = read(&wire, &message[..at]);
    }

    #[test]
    fn any_bytes_are_read_or_ignored(bytes: Vec<u8>) {
        let wire = node("b@host");
        let _ = read(&wire, &bytes);
        let _ = read(&wire, &[&[131, 104, 6, 97, 3], &bytes[..]].concat());
        let _ = read(&wire, &[&[131, 80], &bytes[..]].concat());
    }

    #[test]
    fn text_is_json_for_us_where_it_is_for_others(text in r#"[\[\]{}",:\\ 0-9eE+.u"ntrueal-]{0,24}"#) {
        let theirs: Result<Value, _> = serde_json::from_str(&text);
        let ours = parse(&text);
        // Numbers that are too large are all that they disagree about.
        let range = theirs.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
        prop_assert!(range || theirs.is_ok() == ours.is_ok(), "{text}: {theirs:?} and {ours:?}");
    }
}

#[test]
fn the_last_of_equal_keys_counts() {
    assert_eq!(carried(r#"{"a":1,"b":2,"a":3}"#), r#"{"a":3,"b":2}"#);
    let pairs: Vec<_> = (0..40).rev().map(|at| format!("\"k{at}\":{at}")).collect();
    let twice = format!("{{\"k7\":0,{}}}", pairs.join(","));
    assert_eq!(carried(&twice), format!("{{{}}}", pairs.join(",")));
}

#[test]
fn strings_are_escaped_as_jason_does() {
    let text = r#"{"s":"\"\\/\b\f\n\r\t\u001F\u0000 é \u007f😀"}"#;
    let parsed = "{\"s\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001F\\u0000 é \u{7f}😀\"}";
    assert_eq!(carried(text), parsed);
    assert_eq!(carried(r#"{"s":"\ud83d\ude00\/"}"#), r#"{"s":"😀/"}"#);
}
