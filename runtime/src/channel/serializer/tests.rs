//! What all serializers promise: nothing is lost, nothing panics, nothing is copied without need.

use bytes::Bytes;
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Value, json};

use super::{ClientMessage, Ref, Serializer, ServerMessage, V1, V2};
use crate::{message::Message, pubsub::Payload};

const DEPTH: usize = 200_000;

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            object_of(inner)
        ]
    })
}

fn object_of(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    vec((any::<String>(), inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
}

fn object() -> impl Strategy<Value = Value> {
    object_of(value())
}

/// What clients send as refs, with the ref it is.
fn reference() -> impl Strategy<Value = (Value, Ref)> {
    prop_oneof![
        Just((Value::Null, Ref::NULL)),
        any::<u64>().prop_map(|number| (number.into(), Ref::from(number))),
        any::<u64>()
            .prop_map(|number| (number.to_string().into(), Ref::from(&*number.to_string()))),
        any::<String>().prop_map(|text| (text.clone().into(), Ref::from(&*text))),
        "[0-9+]{1,22}".prop_map(|text| (text.clone().into(), Ref::from(&*text))),
    ]
}

fn read(message: &Message) -> Value {
    serde_json::from_str(message.as_text().expect("a text message")).expect("JSON")
}

fn read_payload(payload: &Payload) -> Value {
    assert!(matches!(payload, Payload::Json(_)));
    serde_json::from_str(payload.as_text().expect("JSON is text")).expect("JSON")
}

fn decoded(serializer: &dyn Serializer, text: String) -> ClientMessage {
    serializer
        .decode(Message::from(text))
        .expect("a message of this format")
}

/// A frame as a client or a server builds it.
fn frame(kind: u8, fields: &[&[u8]], payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![kind];
    frame.extend(
        fields
            .iter()
            .map(|field| u8::try_from(field.len()).expect("a short field")),
    );
    fields
        .iter()
        .for_each(|field| frame.extend_from_slice(field));
    frame.extend_from_slice(payload);
    frame
}

proptest! {
    #[test]
    fn a_push_is_read_as_it_was_meant(
        (join_json, join_ref) in reference(), topic: String, event: String, payload in object(), closing: bool,
    ) {
        let (null, raw) = (Ref::NULL, Payload::from(payload.clone()));
        let (reference, ref_json) = if closing { (&join_ref, &join_json) } else { (&null, &Value::Null) };
        let push =
            ServerMessage::Push { join_ref: &join_ref, reference, topic: &topic, event: &event, payload: &raw };
        let v2 = V2.encode(&push).expect("encodable");
        prop_assert_eq!(read(&v2), json!([join_json, ref_json, topic, event, payload]));
        let v1 = V1.encode(&push).expect("encodable");
        let expected = json!({"topic": topic, "event": event, "payload": payload, "ref": ref_json});
        prop_assert_eq!(read(&v1), expected);
    }

    #[test]
    fn a_reply_is_read_as_it_was_meant(
        (join_json, join_ref) in reference(), (ref_json, reference) in reference(),
        topic: String, status: String, response in value(), text in option::of(any::<String>()),
    ) {
        let payload = text.clone().map_or_else(|| Payload::from(response.clone()), Payload::from);
        let response = text.map_or(response, Value::from);
        let reply = ServerMessage::Reply {
            join_ref: &join_ref, reference: &reference, topic: (&*topic).into(), status: &status, payload: &payload,
        };
        let body = json!({"status": status, "response": response});
        let v2 = V2.encode(&reply).expect("encodable");
        prop_assert_eq!(read(&v2), json!([join_json, ref_json, topic, "phx_reply", body]));
        let v1 = V1.encode(&reply).expect("encodable");
        let expected = json!({"topic": topic, "event": "phx_reply", "payload": body, "ref": ref_json});
        prop_assert_eq!(read(&v1), expected);
    }

    #[test]
    fn a_broadcast_is_read_as_it_was_meant(topic: String, event: String, payload in object()) {
        let raw = Payload::from(payload.clone());
        let broadcast = ServerMessage::Broadcast { topic: &topic, event: &event, payload: &raw };
        let v2 = V2.encode(&broadcast).expect("encodable");
        prop_assert_eq!(read(&v2), json!([null, null, topic, event, payload]));
        let v1 = V1.encode(&broadcast).expect("encodable");
        prop_assert_eq!(read(&v1), json!({"topic": topic, "event": event, "payload": payload, "ref": null}));
    }

    #[test]
    fn clients_are_read_as_they_mean(
        (join_json, join_ref) in reference(), (ref_json, reference) in reference(),
        topic: String, event: String, payload in value(), extra in vec(value(), 0..3), pretty: bool,
    ) {
        let write = |value: &Value| match pretty {
            true => serde_json::to_string_pretty(value).expect("JSON"),
            false => value.to_string(),
        };
        let mut array = vec![join_json.clone(), ref_json.clone(), json!(topic), json!(event), payload.clone()];
        array.extend(extra.iter().cloned());
        let object = json!({
            "topic": topic, "event": event, "payload": payload, "ref": ref_json, "join_ref": join_json, "x": extra,
        });
        for message in [decoded(&V2, write(&Value::from(array))), decoded(&V1, write(&object))] {
            prop_assert_eq!(&message.join_ref, &join_ref);
            prop_assert_eq!(&message.reference, &reference);
            prop_assert_eq!(message.topic.as_str(), Some(&*topic));
            prop_assert_eq!(message.event.as_str(), Some(&*event));
            prop_assert_eq!(read_payload(&message.payload), payload.clone());
        }
    }

    #[test]
    fn refs_are_echoed_as_they_came((json, reference) in reference()) {
        prop_assert_eq!(serde_json::from_str::<Value>(&reference.to_json()).expect("JSON"), json.clone());
        prop_assert_eq!(&Ref::from(json.clone()), &reference);
        let text = json.as_str().map(str::to_owned);
        let printed = text.unwrap_or_else(|| if json.is_null() { String::new() } else { json.to_string() });
        prop_assert_eq!(reference.to_string(), printed);
    }

    #[test]
    fn a_message_cut_short_is_undecodable(topic: String, payload in object(), cut: prop::sample::Index) {
        let array = json!(["1", 2, topic, "event", payload]).to_string();
        let object = json!({"topic": topic, "event": "event", "payload": payload, "ref": null}).to_string();
        for (serializer, text) in [(&V2 as &dyn Serializer, array), (&V1, object)] {
            let ends: Vec<usize> = text.char_indices().map(|(end, _)| end).collect();
            let text = &text[..*cut.get(&ends)];
            prop_assert!(serializer.decode(Message::from(text)).is_err(), "{}", text);
        }
    }

    #[test]
    fn nothing_that_clients_send_panics(text: String, bytes: Vec<u8>, like_json in "[\\[\\]{}\",:a-f0-9\\\\u ]{0,60}") {
        for serializer in [&V1 as &dyn Serializer, &V2] {
            for message in [Message::from(&*text), Message::from(bytes.clone()), Message::from(&*like_json)] {
                let _ = serializer.decode(message);
            }
            let array = format!("[\"1\",\"2\",{like_json},\"b\",{like_json}]");
            let _ = serializer.decode(Message::from(array));
            let _ = serializer.decode(Message::from(format!("{{\"topic\":{like_json}}}")));
            let _ = serializer.decode(Message::from(frame(0, &[b"1", b"2", &bytes[..bytes.len().min(255)], b""], b"")));
        }
    }

    #[test]
    fn binary_frames_of_clients_are_read_whole_or_not_at_all(
        refs in (option::of("[ -~]{1,9}"), option::of("[ -~]{1,9}")),
        topic in "\\PC{0,60}", event in "\\PC{0,60}", payload: Vec<u8>,
    ) {
        let (join_ref, reference) = &refs;
        let [join_text, ref_text] = [join_ref, reference].map(|text| text.as_deref().unwrap_or(""));
        let fields = [join_text, ref_text, &topic, &event].map(str::as_bytes);
        let frame = frame(0, &fields, &payload);
        let message = V2.decode(Message::from(frame.clone())).expect("a push");
        prop_assert_eq!(message.join_ref, join_ref.as_deref().map_or(Ref::NULL, Ref::from));
        prop_assert_eq!(message.reference, reference.as_deref().map_or(Ref::NULL, Ref::from));
        prop_assert_eq!(message.topic.as_str(), Some(&*topic));
        prop_assert_eq!(message.event.as_str(), Some(&*event));
        prop_assert_eq!(message.payload, Payload::from(payload.clone()));
        for end in 0..frame.len() - payload.len() {
            prop_assert!(V2.decode(Message::from(frame[..end].to_vec())).is_err(), "cut after {} bytes", end);
        }
    }

    #[test]
    fn binary_frames_for_clients_have_the_layout_they_expect(
        (_, join_ref) in reference(), (_, reference) in reference(), names in ("\\PC{0,80}", "\\PC{0,80}"), payload: Vec<u8>,
    ) {
        let (topic, event) = (&*names.0, &*names.1);
        let [join, asked] = [&join_ref, &reference].map(Ref::to_string);
        let bytes = Payload::from(payload.clone());
        let (join_ref, reference) = (&join_ref, &reference);
        let push = ServerMessage::Push { join_ref, reference, topic, event, payload: &bytes };
        let reply = ServerMessage::Reply { join_ref, reference, topic: topic.into(), status: event, payload: &bytes };
        let broadcast = ServerMessage::Broadcast { topic, event, payload: &bytes };
        let cases: [(_, u8, &[&str]); 3] = [
            (push, 0, &[&join, topic, event]),
            (reply, 1, &[&join, &asked, topic, event]),
            (broadcast, 2, &[topic, event]),
        ];
        for (message, kind, fields) in cases {
            let encoded = V2.encode(&message);
            if fields.iter().any(|field| field.len() > 255) {
                prop_assert!(encoded.is_err());
            } else {
                let fields: Vec<&[u8]> = fields.iter().map(|field| field.as_bytes()).collect();
                prop_assert_eq!(encoded.expect("encodable"), Message::from(frame(kind, &fields, &payload)));
            }
        }
    }
}

#[test]
fn no_depth_exhausts_the_stack() {
    let lists = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    // Refs and names of more than 64 KiB are not read.
    for (deep, name) in [
        (&lists(DEPTH), &lists(10_000)),
        (&objects(DEPTH), &objects(10_000)),
    ] {
        let text = format!(r#"["1",{name},"topic","event",{deep},{deep}]"#);
        let message = V2.decode(Message::from(text)).expect("JSON of any depth");
        assert_eq!(message.payload.as_text(), Some(&**deep));
        assert_eq!(message.reference.to_json(), **name);

        let text =
            format!(r#"{{"topic":{name},"event":"e","payload":{deep},"ref":null,"other":{deep}}}"#);
        let message = V1.decode(Message::from(text)).expect("JSON of any depth");
        assert_eq!(message.topic.as_str(), None);
        assert_eq!(message.topic.to_string(), **name);

        let refused = V2
            .decode(Message::from(format!(r#"["1",{deep},"t","e",{{}}]"#)))
            .expect_err("too long");
        assert_eq!(refused.to_string(), "a ref is too long");

        for serializer in [&V1 as &dyn Serializer, &V2] {
            assert!(
                serializer.decode(Message::from(&**deep)).is_err(),
                "not the shape of a message"
            );
            assert!(
                serializer.decode(Message::from(&deep[..DEPTH])).is_err(),
                "not closed"
            );
        }
    }
}

#[test]
fn a_name_has_at_most_64_kib_as_json() {
    for (topic, is_read) in [
        ("t".repeat(64 * 1024 - 2), true),
        ("t".repeat(64 * 1024 - 1), false),
    ] {
        let v2 = format!(r#"["1","2","{topic}","event",{{}}]"#);
        let v1 = format!(r#"{{"topic":"{topic}","event":"e","payload":{{}},"ref":"2"}}"#);
        assert_eq!(V2.decode(Message::from(v2)).is_ok(), is_read);
        assert_eq!(V1.decode(Message::from(v1)).is_ok(), is_read);
    }
}

#[test]
fn what_is_read_shares_the_memory_of_the_message() {
    let inside = |whole: &Bytes, part: &[u8]| whole.as_ptr_range().contains(&part.as_ptr());
    let texts = [
        (
            &V2 as &dyn Serializer,
            r#"["1","2","room:7","event",{"some":"payload"}]"#,
        ),
        (
            &V1,
            r#"{"topic":"room:7","event":"event","payload":{"some":"payload"},"ref":"2"}"#,
        ),
    ];
    for (serializer, text) in texts {
        let whole = Message::from(text);
        let bytes = whole.clone().into_bytes();
        let message = serializer.decode(whole).expect("a message");
        let payload = message.payload.as_text().expect("JSON");
        assert!(inside(&bytes, payload.as_bytes()));
        assert!(inside(
            &bytes,
            message.topic.as_str().expect("text").as_bytes()
        ));
    }
    let whole = Bytes::from(frame(0, &[b"1", b"2", b"room:7", b"event"], b"payload"));
    match V2
        .decode(Message::from(whole.clone()))
        .expect("a message")
        .payload
    {
        Payload::Binary(payload) => assert!(inside(&whole, &payload)),
        other => panic!("expected bytes, got {other:?}"),
    }
}

#[test]
fn what_is_written_fills_its_allocation() {
    let (null, refs) = (
        Ref::NULL,
        [
            Ref::from("0"),
            Ref::from("1099"),
            Ref::from("x"),
            Ref::from(17),
        ],
    );
    let payloads = [
        Payload::from(json!({"a": "\n"})),
        Payload::from(vec![1, 2, 3]),
    ];
    for payload in &payloads {
        for join_ref in &refs {
            let push = ServerMessage::Push {
                join_ref,
                reference: &null,
                topic: "t",
                event: "e",
                payload,
            };
            let reply = ServerMessage::Reply {
                join_ref,
                reference: join_ref,
                topic: "t".into(),
                status: "ok",
                payload,
            };
            let broadcast = ServerMessage::Broadcast {
                topic: "t",
                event: "e",
                payload,
            };
            for message in [push, reply, broadcast] {
                let encoded = [V1.encode(&message), V2.encode(&message)];
                for bytes in encoded.into_iter().flatten().map(Message::into_bytes) {
                    let length = bytes.len();
                    assert_eq!(
                        bytes.try_into_mut().expect("not shared").capacity(),
                        length,
                        "{message:?}"
                    );
                }
            }
        }
    }
}
