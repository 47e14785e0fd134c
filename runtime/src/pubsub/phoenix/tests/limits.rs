//! What is not sent, and how much is read.

use super::*;
use crate::term::Unreadable;

#[test]
fn what_a_phoenix_node_could_not_read_is_refused() {
    let of = |payload| refused(&Broadcast::new("room:1", "ev", payload));
    let list = "Phoenix expects the payload to be a JSON object";
    for text in ["[]", "null", "\"a\"", "1"] {
        assert_eq!(of(Payload::Json(text.into())), list);
    }
    assert_eq!(
        of(Payload::Text("{}".into())),
        "Phoenix expects the payload to be a JSON object, not plain text"
    );
    for (text, at) in [
        ("", 0),
        ("{", 1),
        ("{}x", 2),
        ("{\"a\":01}", 7),
        ("{\"a\":1.}", 7),
        ("{\"a\":1e}", 7),
        ("{\"a\":-}", 6),
        ("{\"a\":+1}", 5),
        ("{\"a\":nul}", 5),
        ("{\"a\":NaN}", 5),
        ("{\"a\" 1}", 5),
        ("{'a':1}", 1),
        ("{\"a\":1,}", 7),
        ("{\"a\":[1,]}", 8),
        ("{\"a\":\"\n\"}", 6),
        ("{\"a\":\"\\x\"}", 6),
        ("{\"a\":\"\\u12\"}", 6),
        ("{\"a\":\"\\ud83d\"}", 12),
        ("{\"a\":\"\\ud83d\\u0041\"}", 18),
        ("{\"a\":\"\\ude00\"}", 12),
    ] {
        let expected = format!("the payload is not JSON from its byte {at} on");
        assert_eq!(of(Payload::Json(text.into())), expected, "{text}");
    }
    assert_eq!(
        of(Payload::Json("{\"a\":1e999}".into())),
        "a number is too large for a float"
    );
    let digits = format!("{{\"a\":{}}}", "9".repeat(3000));
    assert_eq!(of(Payload::Json(digits.into())), "an integer is too long");
}

#[test]
fn presences_stay_on_their_nodes() {
    let payload = || Payload::EMPTY;
    let topic = "phx_presence:Elixir.MyApp.Presence_shard0";
    assert_eq!(
        refused(&Broadcast::new(topic, "ev", payload())),
        "topics that begin with `phx_presence:` belong to Phoenix's own presence"
    );
    assert_eq!(
        refused(&Broadcast::new("room:1", "presence_diff", payload())),
        "`presence_diff` stays on its node: each has presences of its own"
    );
}

#[test]
fn names_beside_bytes_have_255_bytes() {
    let (fits, long) = ("x".repeat(255), "x".repeat(256));
    let bytes = || Payload::Binary(vec![1].into());
    let wire = node("a@host");
    assert!(wire.for_all(&Broadcast::new(&fits, &fits, bytes())).is_ok());
    for (topic, event) in [(&fits, &long), (&long, &fits)] {
        assert_eq!(
            refused(&Broadcast::new(topic, event, bytes())),
            "the topic and the event of a broadcast of bytes have at most 255 bytes each"
        );
        assert!(
            wire.for_all(&Broadcast::new(topic, event, Payload::EMPTY))
                .is_ok()
        );
    }
    assert!(wire.for_one(&"é".repeat(256), &json("{}")).is_err());
}

#[test]
fn a_message_has_a_size() {
    let small = Wire::new("a@host", Some(9), 1000);
    let payload = |length: usize| json(&format!("{{\"s\":\"{}\"}}", "s".repeat(length)));
    let message = small.for_all(&payload(500)).expect("it fits");
    let error = small.for_all(&payload(1000)).expect_err("it does not");
    assert!(
        error
            .to_string()
            .ends_with("bytes for other nodes, and 1000 is the most"),
        "{error}"
    );
    assert!(read(&node("b@host"), &message).is_ok());
    let large = Ignored::Unreadable(Unreadable::Large);
    let plain = node("c@host").for_all(&payload(1000)).expect("it fits");
    assert_eq!(read(&small, &plain).expect_err("ignored"), large);
    let dense = Wire::new("c@host", Some(9), MOST);
    let dense = dense.for_all(&payload(1000)).expect("it fits");
    assert!(dense.len() < 500);
    assert_eq!(read(&small, &dense).expect_err("ignored"), large);
}

#[test]
fn a_payload_has_a_depth() {
    let nested = |depth: usize| format!("{}{{}}{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    let text = nested(DEPTH - 1);
    assert_eq!(carried(&text), text);
    assert_eq!(
        refused(&json(&nested(DEPTH))),
        "the payload is nested too deeply"
    );
    let lists = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(refused(&json(&lists)), "the payload is nested too deeply");
}

#[test]
fn a_payload_has_a_number_of_values() {
    let zeros = |count: usize| format!("{{\"a\":[{}]}}", vec!["0"; count].join(","));
    assert_eq!(
        refused(&json(&zeros(TERMS))),
        "the payload has too many values"
    );
    let most = zeros(TERMS - 100);
    assert_eq!(carried(&most), most);
}

/// A message of which only the payload is given, in the external format.
fn around(payload: &[u8]) -> Vec<u8> {
    let empty = node("a@host").for_all(&json("{}")).expect("encodable");
    let at = empty.windows(7).position(|part| part == b"payload");
    let (before, after) = empty.split_at(at.expect("a key") + 7);
    [before, payload, &after[5..]].concat()
}

#[test]
fn what_is_read_has_limits() {
    let wire = node("b@host");
    let unreadable = |payload: &[u8]| match read(&wire, &around(payload)) {
        Err(Ignored::Unreadable(reason)) => reason,
        other => panic!("{other:?}"),
    };
    let pair = |value: &[u8]| [&b"\x74\0\0\0\x01\x6d\0\0\0\x01a"[..], value].concat();
    let deep = pair(&[104, 1].repeat(100_000));
    assert_eq!(unreadable(&deep), Unreadable::Deep);
    let count = (TERMS as u32).to_be_bytes();
    let many = [&[108][..], &count, &[106].repeat(TERMS + 1)].concat();
    assert_eq!(unreadable(&pair(&many)), Unreadable::Large);
    assert_eq!(unreadable(&pair(&[121, 1])), Unreadable::Unknown(121));
    // Nothing is taken for a length that is announced.
    let claims = [&[109][..], &u32::MAX.to_be_bytes()].concat();
    assert_eq!(unreadable(&pair(&claims)), Unreadable::Malformed);

    let refused = |payload: &[u8]| match read(&wire, &around(payload)) {
        Err(Ignored::Unencodable(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let long = [&[111][..], &1025_u32.to_be_bytes(), &[0], &[1; 1025]].concat();
    assert_eq!(refused(&pair(&long)), "an integer is too long");
    let one = [&[111][..], &1024_u32.to_be_bytes(), &[0], &[1; 1024]].concat();
    let many = [&[108][..], &65_u32.to_be_bytes(), &one.repeat(65), &[106]].concat();
    assert_eq!(refused(&pair(&many)), "an integer is too long");
    let few = [&[108][..], &64_u32.to_be_bytes(), &one.repeat(64), &[106]].concat();
    assert!(read(&wire, &around(&pair(&few))).is_ok());

    // Each of these becomes six bytes, and the limit is four times the size.
    let small = Wire::new("b@host", None, 1000);
    let controls = [&[109][..], &700_u32.to_be_bytes(), &[1; 700]].concat();
    let error = read(&small, &around(&pair(&controls))).expect_err("ignored");
    assert_eq!(error.to_string(), "it is too large as JSON");
}

#[test]
fn channels_have_the_names_of_the_adapter() {
    for (name, channel) in [
        ("MyApp.PubSub", "phx:Elixir.MyApp.PubSub.Adapter"),
        ("Elixir.MyApp.PubSub", "phx:Elixir.MyApp.PubSub.Adapter"),
        (":my_pubsub", "phx:Elixir.my_pubsub.Adapter"),
    ] {
        assert_eq!(Wire::channel(name), channel);
    }
}
