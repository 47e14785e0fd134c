//! What was recorded between real nodes: a@host sends, b@host receives, and landfall@x sends by
//! hand.

use data_encoding::HEXLOWER;
use serde_json::Value;

use super::*;

fn cases(group: &str) -> Vec<Value> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/golden/pubsub_redis.json"
    );
    let golden = std::fs::read(path).expect("the golden file");
    let mut golden: Value = serde_json::from_slice(&golden).expect("JSON");
    let cases = golden["cases"].as_array_mut().expect("cases");
    let cases = std::mem::take(cases).into_iter();
    cases.filter(|case| case["group"] == group).collect()
}

fn bytes(case: &Value, key: &str) -> Option<Vec<u8>> {
    let hex = case[key].as_str()?;
    Some(HEXLOWER.decode(hex.as_bytes()).expect("hex"))
}

/// The frame by which a client of V2 gets a broadcast.
fn frame(broadcast: &Broadcast) -> String {
    let (topic, event) = (broadcast.topic(), broadcast.event());
    match broadcast.payload() {
        Payload::Json(payload) => {
            let text = |text: &str| serde_json::to_string(text).expect("text");
            format!("[null,null,{},{},{payload}]", text(topic), text(event))
        }
        Payload::Binary(payload) => {
            let lengths = [2, topic.len() as u8, event.len() as u8];
            HEXLOWER.encode(&[&lengths, topic.as_bytes(), event.as_bytes(), payload].concat())
        }
        Payload::Text(text) => panic!("{text}"),
    }
}

/// The frame that a client of a room got, but for its join_ref.
fn recorded(frames: &Value) -> Option<String> {
    let frame = frames.get(0)?;
    let frame = match frame["type"].as_str()? {
        "binary" => frame["hex"].as_str()?,
        "text" => frame["payload"].as_str()?,
        _ => return None,
    };
    Some(match frame.strip_prefix("[\"1\",") {
        Some(rest) => format!("[null,{rest}"),
        None => frame.to_owned(),
    })
}

/// Where more is ignored than a Phoenix node ignores, or another name is shown.
const OTHERWISE: [&str; 4] = [
    "inner topic differs from outer",
    "event nil",
    "presence_diff by hand",
    "Broadcast with nil topic inside, map payload",
];

/// Checks what is made of the message of a case, and says in a word what it was.
fn check(case: &Value, message: &[u8]) -> &'static str {
    let name = case["name"].as_str().expect("a name");
    let frames = [
        &case["client_of_other_node"],
        &case["client_of_room_channel"],
    ];
    let there = frames.into_iter().find_map(recorded);
    // What followed bad messages by the dozen is another story.
    if OTHERWISE.contains(&name) || case["repeated"] == 16 {
        return "otherwise";
    }
    match (read(&node("b@host"), message), there) {
        (Ok(broadcast), Some(there)) => {
            let here = frame(&broadcast);
            match there.strip_suffix("...") {
                Some(start) => assert!(here.starts_with(start), "{name}: {here}"),
                None => assert_eq!(here, there, "{name}"),
            }
            "same"
        }
        // Nobody had joined the topic, or the client was another one.
        (Ok(_), None) => "unseen",
        (Err(Ignored::Other), there) => {
            assert!(
                there.is_none_or(|there| there.contains("info_seen")),
                "{name}"
            );
            "term"
        }
        (Err(ignored), there) => {
            assert_eq!(there, None, "{name}: {ignored}");
            "ignored"
        }
    }
}

/// The names of the cases that ended so.
fn named(cases: &[(String, &str)], end: &str) -> Vec<String> {
    let named = cases.iter().filter(|(_, own)| *own == end);
    named.map(|(name, _)| name.clone()).collect()
}

fn checked(group: &str, hex: &str) -> Vec<(String, &'static str)> {
    let check = |case: Value| {
        let message = bytes(&case, hex)?;
        let name = case["name"].as_str().expect("a name").to_owned();
        Some((name, check(&case, &message)))
    };
    cases(group).into_iter().filter_map(check).collect()
}

/// Names of cases by how they end.
const UNSEEN: [&str; 3] = [
    "empty topic",
    "topic plain channel",
    "broadcast from a distributed node without the node_name option",
];
const IGNORED: [&str; 6] = [
    "direct_broadcast to itself",
    "direct_broadcast to an unknown node",
    "topic of invalid UTF-8",
    "broadcast of a keyword list",
    "broadcast of a payload that JSON cannot encode",
    "broadcast of a payload that JSON cannot encode, no subscriber anywhere",
];

#[test]
fn what_phoenix_published_reaches_clients_as_it_did_there() {
    let found = checked("published", "hex");
    assert_eq!(named(&found, "same").len(), 35);
    assert_eq!(named(&found, "term").len(), 19);
    assert_eq!(named(&found, "unseen"), UNSEEN);
    assert_eq!(named(&found, "ignored"), IGNORED);
    // Newer nodes write atoms otherwise. Only for a part of the cases is it known how.
    let newer = checked("published", "hex_otp26");
    assert_eq!(newer.len(), 54);
    assert!(newer.iter().all(|case| found.contains(case)));
}

#[test]
fn what_a_phoenix_node_accepts_is_accepted() {
    let found = checked("accepts", "hex");
    assert_eq!(named(&found, "same").len(), 35);
    let term = [
        "dispatcher Phoenix.PubSub, tuple",
        "channel dispatcher, string-keyed Broadcast",
        "channel dispatcher, Broadcast with string-valued __struct__",
    ];
    assert_eq!(named(&found, "term"), term);
    let unseen = [
        "wrong redis channel",
        "plain channel",
        "dispatcher Phoenix.PubSub, Broadcast, channel without handle_out",
        "dispatcher that does not exist",
        "disconnect on the socket id, channel dispatcher",
        "disconnect on the socket id, dispatcher Phoenix.PubSub",
        "topic of 300 bytes without subscribers",
        "topic phoenix",
    ];
    assert_eq!(named(&found, "unseen"), unseen);
    assert_eq!(named(&found, "ignored").len(), 40);
}

#[test]
fn what_is_ignored_has_a_reason() {
    let cases = cases("accepts");
    let reason = |name: &str| {
        let case = cases.iter().find(|case| case["name"] == name);
        let message = bytes(case.expect(name), "hex").expect("bytes");
        read(&node("b@host"), &message).expect_err(name)
    };
    let malformed = Ignored::Unreadable(crate::term::Unreadable::Malformed);
    assert_eq!(reason("except its own node name"), Ignored::Own);
    assert_eq!(
        reason("only with the node name as a string"),
        Ignored::Elsewhere
    );
    assert_eq!(reason("presence_diff by hand"), Ignored::Presence);
    assert_eq!(reason("topic as atom"), Ignored::Topic);
    for name in [
        "version 2",
        "tuple of 5",
        "mode all",
        "dispatcher as string",
    ] {
        assert_eq!(reason(name), Ignored::Foreign, "{name}");
    }
    for name in ["text", "float NaN", "duplicate keys in a map"] {
        assert_eq!(reason(name), malformed, "{name}");
    }
    for (name, text) in [
        (
            "payload with an unknown struct",
            "a struct has no JSON here: Nope",
        ),
        ("payload with invalid UTF-8", "a string is not UTF-8"),
        ("payload with a tuple inside", "a tuple cannot be JSON"),
        ("event nil", "it has no event"),
    ] {
        assert_eq!(reason(name).to_string(), text, "{name}");
    }
}

#[test]
fn a_broadcast_has_the_topic_that_it_was_published_to() {
    let cases = cases("accepts");
    for name in [
        "inner topic differs from outer",
        "Broadcast with nil topic inside, map payload",
    ] {
        let case = cases.iter().find(|case| case["name"] == name);
        let message = bytes(case.expect(name), "hex").expect("bytes");
        match read(&node("b@host"), &message) {
            Ok(broadcast) => assert_eq!(broadcast.topic(), "room:1"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn trackers_are_left_to_themselves() {
    let mut count = 0;
    for case in cases("tracker") {
        let published = case["published"].as_array().into_iter().flatten();
        for one in published.chain([&case]) {
            if let Some(message) = bytes(one, "hex") {
                // Their transfers are for one node.
                let read = ["b@host", "c@host"]
                    .map(|own| read(&node(own), &message).expect_err("ignored"));
                let reasons = [Ignored::Presence, Ignored::Own, Ignored::Elsewhere];
                assert!(read.iter().all(|one| reasons.contains(one)), "{read:?}");
                assert!(read.contains(&Ignored::Presence) || read.contains(&Ignored::Elsewhere));
                count += 1;
            }
        }
    }
    assert_eq!(count, 14);
}

#[test]
fn what_is_published_has_the_bytes_of_phoenix() {
    let wire = node("a@host");
    let (mut same, mut others) = (0, Vec::new());
    for case in cases("published") {
        let Some(there) = bytes(&case, "hex_otp26") else {
            continue;
        };
        let Ok(broadcast) = read(&node("b@host"), &there) else {
            continue;
        };
        let here = wire.for_all(&broadcast).expect("it was broadcast there");
        if here == there {
            same += 1;
            continue;
        }
        // JSON has no atoms, and a key once only: it is another term, and the same for clients.
        let Ok(again) = read(&node("b@host"), &here) else {
            panic!("{}", case["name"]);
        };
        let value = |one: &Broadcast| one.parse::<Value>().expect("JSON");
        assert_eq!(value(&again), value(&broadcast), "{}", case["name"]);
        others.push(case["name"].as_str().expect("a name").to_owned());
    }
    assert_eq!(same, 27);
    let expected = [
        "broadcast atom keys",
        "broadcast string and atom keys mixed",
        "broadcast long atom",
        "broadcast long unicode atom",
        "broadcast date and time structs",
        "pubsub broadcast of a Broadcast with the default dispatcher",
    ];
    assert_eq!(others, expected);
}

#[test]
fn a_broadcast_to_one_node_has_the_bytes_of_phoenix() {
    let cases = cases("published");
    for (name, to) in [
        ("direct_broadcast to itself", "a@host"),
        ("direct_broadcast to an unknown node", "nobody@nowhere"),
    ] {
        let case = cases.iter().find(|case| case["name"] == name);
        let there = bytes(case.expect(name), "hex_otp26").expect("bytes");
        let here = node("a@host").for_one(to, &json("{\"a\":1}"));
        assert_eq!(here.expect("encodable"), there, "{name}");
        assert!(read(&node(to), &there).is_ok());
    }
}

#[test]
fn long_messages_have_the_bytes_of_phoenix() {
    use sha2::{Digest, Sha256};
    let list = |values: &str| format!("{{\"l\":[{values}]}}");
    let long = |name: &str| match name {
        "broadcast list of 70000 byte values" => Some(list(&["7"; 70_000].join(","))),
        "broadcast long string" => Some(format!("{{\"s\":\"{}\"}}", "ab".repeat(40_000))),
        _ => None,
    };
    let mut count = 0;
    for case in cases("published") {
        let Some(payload) = case["name"].as_str().and_then(long) else {
            continue;
        };
        let here = node("a@host").for_all(&json(&payload)).expect("encodable");
        assert_eq!(carried(&payload), payload);
        // The recorded node was an old one: its atoms have another tag and a longer length.
        assert_eq!(case["bytes"], here.len() + 8, "{}", case["name"]);
        let older = older(&here);
        assert_eq!(case["sha256"], HEXLOWER.encode(&Sha256::digest(&older)));
        count += 1;
    }
    assert_eq!(count, 2);
}

/// A message as a node before OTP 26 writes it: the atoms that a message without any in its payload
/// has.
fn older(message: &[u8]) -> Vec<u8> {
    let mut message = message.to_vec();
    for atom in [
        "except",
        "a@host",
        "__struct__",
        BROADCAST,
        "event",
        "payload",
        "topic",
        "Elixir.Phoenix.Channel.Server",
    ] {
        let new = [&[119, atom.len() as u8][..], atom.as_bytes()].concat();
        let old = [&[100, 0, atom.len() as u8][..], atom.as_bytes()].concat();
        let found = message.windows(new.len()).position(|part| part == new);
        let at = found.expect(atom);
        message.splice(at..at + new.len(), old);
    }
    message
}

#[test]
fn compressed_messages_are_what_they_were() {
    for level in [1, 6, 9] {
        let wire = Wire::new("a@host", Some(level), MOST);
        let mut count = 0;
        for case in cases("published") {
            let Some(there) = bytes(&case, "hex").filter(|bytes| bytes[1] == 80) else {
                continue;
            };
            let Ok(broadcast) = read(&node("b@host"), &there) else {
                panic!("{}", case["name"]);
            };
            let here = wire.for_all(&broadcast).expect("encodable");
            assert_eq!(here[..2], there[..2]);
            let plain = node("a@host").for_all(&broadcast).expect("encodable");
            assert!(here.len() < plain.len());
            let limits = wire.limits();
            let inflated = crate::term::plain(&here, &limits).expect("as it was");
            assert_eq!(*inflated, plain[1..]);
            count += 1;
        }
        assert_eq!(count, 4);
        // Random bytes grow, and are sent as they are.
        let noise: Vec<u8> = (0..2000_u32)
            .map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        let noise = Broadcast::new("room:1", "ev", Payload::Binary(noise.into()));
        let message = wire.for_all(&noise).expect("encodable");
        assert!(message.len() <= node("a@host").for_all(&noise).expect("encodable").len());
    }
}
