//! What is on the wire, by the client's version.

use std::sync::atomic::{AtomicUsize, Ordering};

use landfall::{
    Message,
    channel::{ClientMessage, EncodeError, Ref, Serializer, ServerMessage, Undecodable},
    pubsub::Payload,
};
use landfall_tests::wire::{Connection, Request};
use serde_json::json;

use crate::channels::{
    client::{BOTH, Client, Heard, Via, end, end_payload, ok, reply},
    site,
};

/// A format of an application's own: `["ref topic event payload"]`, in both directions. Counts what
/// it encodes, and panics on the payload 13.
pub(crate) struct Lines;

/// Broadcasts that [`Lines`] has encoded for `room:counted`. No state reaches a serializer.
static ENCODED: AtomicUsize = AtomicUsize::new(0);

impl Serializer for Lines {
    fn decode(&self, message: Message) -> Result<ClientMessage, Undecodable> {
        let text = message.as_text().ok_or_else(|| Undecodable::new("bytes"))?;
        let [line] =
            serde_json::from_str::<[String; 1]>(text).map_err(|_| Undecodable::new("no line"))?;
        let mut words = line.splitn(4, ' ');
        let mut next = || {
            words
                .next()
                .map(str::to_owned)
                .ok_or_else(|| Undecodable::new("four words"))
        };
        let (reference, topic, event, payload) = (next()?, next()?, next()?, next()?);
        Ok(ClientMessage {
            join_ref: Ref::NULL,
            reference: reference.as_str().into(),
            topic: topic.as_str().into(),
            event: event.as_str().into(),
            payload: Payload::Json(payload.into()),
        })
    }

    fn encode(&self, message: &ServerMessage<'_>) -> Result<Message, EncodeError> {
        let json = |payload: &Payload| match payload {
            Payload::Json(json) if *json == "13" => panic!("superstitious"),
            Payload::Json(json) => Ok(json.clone()),
            _ => Err(EncodeError::new("expected JSON")),
        };
        let line = match *message {
            ServerMessage::Reply {
                reference,
                topic,
                status,
                payload,
                ..
            } => {
                format!("{reference} {topic} {status} {}", json(payload)?)
            }
            ServerMessage::Push {
                topic,
                event,
                payload,
                ..
            } => {
                format!("- {topic} {event} {}", json(payload)?)
            }
            ServerMessage::Broadcast {
                topic,
                event,
                payload,
            } => {
                if topic == "room:counted" {
                    ENCODED.fetch_add(1, Ordering::SeqCst);
                }
                format!("* {topic} {event} {}", json(payload)?)
            }
            _ => return Err(EncodeError::new("unknown")),
        };
        Ok(Message::from(json!([line]).to_string()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_serializer_of_ones_own_speaks_to_channels() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.client_at(via, "/socket", "vsn=7.1.0").await;
        client
            .asks(json!(["1 room:1 phx_join {}"]), json!(["1 room:1 ok {}"]))
            .await;
        client
            .asks(
                json!([r#"2 room:1 echo {"a":1}"#]),
                json!([r#"2 room:1 ok {"a":1}"#]),
            )
            .await;
        client
            .asks(json!(["3 room:1 shout {}"]), json!(["* room:1 shouted {}"]))
            .await;
        client
            .asks(json!(["4 room:1 say {}"]), json!(["- room:1 said {}"]))
            .await;
        // If a reply cannot be encoded, the client gets an error in its place.
        client
            .asks(
                json!(["5 room:1 bytes {}"]),
                json!([r#"5 room:1 error {"reason":"internal error"}"#]),
            )
            .await;
        client.say(json!(["6 room:1"])).await;
        client.ends(1011).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_serializer_that_panics_on_a_reply_ends_its_channel_only() {
    for via in BOTH {
        for asked in ["echo", "wait"] {
            let site = site::start().await;
            let mut client = site.client_at(via, "/socket", "vsn=7.1.0").await;
            for topic in ["room:1", "room:2"] {
                client
                    .asks(
                        json!([format!("1 {topic} phx_join {{}}")]),
                        json!([format!("1 {topic} ok {{}}")]),
                    )
                    .await;
            }
            client
                .asks(
                    json!([format!("2 room:1 {asked} 13")]),
                    json!([r#"- room:1 phx_error {"reason":"channel_crash"}"#]),
                )
                .await;
            client
                .asks(json!(["3 room:2 echo {}"]), json!(["3 room:2 ok {}"]))
                .await;
            client
                .asks(json!(["4 room:1 phx_join {}"]), json!(["4 room:1 ok {}"]))
                .await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_broadcast_is_encoded_once_for_all_of_a_serializer() {
    let site = site::start().await;
    let mut clients = Vec::new();
    for number in 0..20 {
        let mut client = site.client_at(Via::WebSocket, "/socket", "vsn=7.0.0").await;
        client
            .asks(
                json!(["1 room:counted phx_join {}"]),
                json!(["1 room:counted ok {}"]),
            )
            .await;
        clients.push(client);
        let _ = number;
    }
    let mut v2 = site.member(Via::WebSocket, "room:counted").await;
    for (event, payload) in [("news", json!({"n": 1})), ("secret", json!({"n": 2}))] {
        site.running
            .broadcast("room:counted", event, payload)
            .expect("room for a broadcast");
    }
    for client in &mut clients {
        client
            .expects(json!([r#"* room:counted news {"n":1}"#]))
            .await;
        client
            .expects(json!([r#"- room:counted overheard {"n":2}"#]))
            .await;
    }
    assert_eq!(ENCODED.load(Ordering::SeqCst), 1);
    // A broadcast from a channel is encoded once, too.
    clients[0]
        .say(json!([r#"2 room:counted shout {"n":3}"#]))
        .await;
    for client in &mut clients {
        client
            .expects(json!([r#"* room:counted shouted {"n":3}"#]))
            .await;
    }
    assert_eq!(ENCODED.load(Ordering::SeqCst), 2);
    v2.expects(json!([null, null, "room:counted", "news", {"n": 1}]))
        .await;
    v2.expects(json!(["j", null, "room:counted", "overheard", {"n": 2}]))
        .await;
    v2.expects(json!([null, null, "room:counted", "shouted", {"n": 3}]))
        .await;
}

#[tokio::test(start_paused = true)]
async fn v1_is_spoken_to_clients_that_say_so_or_nothing() {
    for query in ["vsn=1.0.0", "id=users:1"] {
        let site = site::start().await;
        let mut client = site.client_at(Via::WebSocket, "/socket", query).await;
        let message = |event: &str, reference: &str| json!({"topic": "room:1", "event": event, "payload": {"a": 1}, "ref": reference});
        let answer = |reference: &str, status: &str, response| {
            let payload = json!({"status": status, "response": response});
            json!({"topic": "room:1", "event": "phx_reply", "payload": payload, "ref": reference})
        };
        let told = |event: &str, payload| json!({"topic": "room:1", "event": event, "payload": payload, "ref": null});
        client
            .asks(
                message("echo", "0"),
                answer("0", "error", json!({"reason": "unmatched topic"})),
            )
            .await;
        client
            .asks(message("phx_join", "1"), answer("1", "ok", json!({})))
            .await;
        client
            .asks(message("echo", "2"), answer("2", "ok", json!({"a": 1})))
            .await;
        client
            .asks(message("say", "3"), told("said", json!({"a": 1})))
            .await;
        client
            .asks(message("shout", "4"), told("shouted", json!({"a": 1})))
            .await;
        client
            .asks(
                message("bytes", "5"),
                answer("5", "error", json!({"reason": "internal error"})),
            )
            .await;
        client.say(message("shout bytes", "6")).await;
        client
            .asks(
                message("push bytes", "7"),
                told("phx_error", end_payload("phx_error")),
            )
            .await;
        client
            .asks(message("phx_join", "8"), answer("8", "ok", json!({})))
            .await;
        client
            .asks(
                message("panic", "8"),
                told("phx_error", end_payload("phx_error")),
            )
            .await;
        client
            .asks(message("phx_join", "9"), answer("9", "ok", json!({})))
            .await;
        client
            .asks(message("phx_join", "10"), answer("10", "ok", json!({})))
            .await;
        client.expects(told("phx_close", json!({}))).await;
        client
            .asks(message("phx_leave", "11"), answer("11", "ok", json!({})))
            .await;
        client.expects(told("phx_close", json!({}))).await;
        let heartbeat = json!({"topic": "phoenix", "event": "heartbeat", "payload": {}, "ref": 12});
        let answered = json!({"topic": "phoenix", "event": "phx_reply", "payload": {"status": "ok", "response": {}}, "ref": 12});
        client.asks(heartbeat, answered).await;
        client
            .say(json!({"topic": "room:1", "event": "echo", "payload": {}}))
            .await;
        client.ends(1011).await;
    }
}

#[tokio::test(start_paused = true)]
async fn versions_that_nobody_speaks_are_refused() {
    let site = site::start().await;
    for vsn in [
        "9.9.9",
        "2.0",
        "2",
        "two",
        "",
        "2.0.0-rc.1",
        "2.1.0",
        "1.1.0",
        // A list, a map, and both.
        "vsn[]=2.0.0",
        "vsn[]=2.0.0&vsn[]=1.0.0",
        "vsn[major]=2",
        "vsn[a][]=2.0.0",
    ] {
        let query = match vsn.contains('=') {
            true => vsn.to_owned(),
            false => format!("vsn={vsn}"),
        };
        for path in ["websocket", "longpoll"] {
            let request = Request::upgrade(&format!("/socket/{path}?{query}"));
            let response = Connection::through(&site.network)
                .await
                .request(&request)
                .await
                .expect("an answer");
            // Longpoll says so in its body.
            let refused = response.status == 403 || response.body.contains("403");
            assert!(refused, "{vsn} by {path}: {response:?}");
        }
    }
    for vsn in ["2.0.0", "2.0.9", "2.0.0%2Bbuild", "1.0.5"] {
        landfall_tests::client::Client::through(
            &site.network,
            &format!("/socket/websocket?vsn={vsn}"),
        )
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn references_of_any_kind_come_back_as_they_are() {
    let site = site::start().await;
    for via in BOTH {
        let mut client = site.client(via).await;
        let joined = json!([7, 8, "room:1", "phx_reply", {"status": "ok", "response": {}}]);
        client
            .asks(json!([7, 8, "room:1", "phx_join", {}]), joined)
            .await;
        for (reference, at) in [
            (json!(null), 0),
            (json!(1.5), 1),
            (json!({"a": [1]}), 2),
            (json!("é"), 3),
        ] {
            let echoed = json!([7, reference, "room:1", "phx_reply", {"status": "ok", "response": {"at": at}}]);
            client
                .asks(json!([7, reference, "room:1", "echo", {"at": at}]), echoed)
                .await;
        }
        // A binary frame can name the join 7 only by its digits. Other digits are another join.
        client.bytes(b"\x00\x01\x01\x06\x047\x39room:1echo").await;
        let echoed = client.hear_any().await;
        match via {
            Via::WebSocket => assert_eq!(
                echoed,
                Heard::Binary(b"\x01\x01\x01\x06\x0279room:1ok".to_vec())
            ),
            Via::LongPoll => {
                assert!(matches!(echoed, Heard::Text(text) if text.contains("internal error")))
            }
        }
        client.say(json!(["70", "9", "room:1", "echo", {}])).await;
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_push_that_a_client_cannot_get_ends_its_channel() {
    for (via, query, event) in [
        (Via::WebSocket, "vsn=2.0.0", "push a list"),
        (Via::WebSocket, "vsn=2.0.0", "push text"),
        (Via::LongPoll, "vsn=2.0.0", "push a list"),
        (Via::LongPoll, "vsn=2.0.0", "push bytes"),
    ] {
        let mut site = site::start().await;
        let mut client = site.client_at(via, "/socket", query).await;
        client.join("room:1").await;
        client.say(json!(["j", "1", "room:1", event, {}])).await;
        client.expects(end("j", "room:1", "phx_error")).await;
        let noted = site.noted().await;
        assert!(
            noted.starts_with("room:1 Failed(\"a push was not sent: "),
            "{event}: {noted}"
        );
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_broadcast_that_no_client_can_get_is_an_error_where_it_is_made() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        let refused = json!("no client can get the payload: expected JSON");
        for event in ["try to shout text", "try to tell text"] {
            client
                .asks(
                    json!(["j", "1", "room:1", event, {}]),
                    ok("1", "room:1", refused.clone()),
                )
                .await;
        }
        // A broadcast that the channel intercepts is not checked: the channel handles it.
        client
            .asks(
                json!(["j", "2", "room:1", "whisper text", {}]),
                ok("2", "room:1", json!("sent")),
            )
            .await;
        client.expects(end("j", "room:1", "phx_error")).await;
        assert!(
            site.noted().await.contains("a push was not sent"),
            "it was pushed as it came"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_reply_that_a_client_cannot_get_becomes_an_error() {
    let site = site::start().await;
    let mut client = site.member(Via::LongPoll, "room:1").await;
    client.say(json!(["j", "1", "room:1", "keep", {}])).await;
    client
        .say(json!(["j", "2", "room:1", "answer kept in bytes", {}]))
        .await;
    client
        .expects(reply(
            Some("j"),
            "1",
            "room:1",
            "error",
            json!({"reason": "internal error"}),
        ))
        .await;
    client
        .expects(ok(
            "2",
            "room:1",
            json!("longpoll carries text only, and this message is binary"),
        ))
        .await;
}

#[tokio::test(start_paused = true)]
async fn bytes_go_both_ways_over_websocket() {
    let site = site::start().await;
    let mut client = site.member(Via::WebSocket, "room:1").await;
    client
        .bytes(b"\x00\x01\x01\x06\x04j1room:1echo\x01\x02")
        .await;
    assert_eq!(
        client.hear_any().await,
        Heard::Binary(b"\x01\x01\x01\x06\x02j1room:1ok\x01\x02".to_vec())
    );
    client.bytes(b"\x00\x01\x01\x06\x05j2room:1shout\x00").await;
    assert_eq!(
        client.hear_any().await,
        Heard::Binary(b"\x02\x06\x07room:1shouted\x00".to_vec())
    );
    client
        .say(json!(["j", "3", "room:1", "push bytes", {}]))
        .await;
    assert_eq!(
        client.hear_any().await,
        Heard::Binary(b"\x00\x01\x06\x05jroom:1bytes\x04\x05\x06".to_vec())
    );
    client.say(json!(["j", "4", "room:1", "bytes", {}])).await;
    assert_eq!(
        client.hear_any().await,
        Heard::Binary(b"\x01\x01\x01\x06\x02j4room:1ok\x01\x02\x03".to_vec())
    );
    client
        .say(json!(["k", "k", "room:2", "phx_join", {"bytes": true}]))
        .await;
    assert_eq!(
        client.hear_any().await,
        Heard::Binary(b"\x01\x01\x01\x06\x02kkroom:2ok\x01\x02\x03".to_vec())
    );
    // A topic or an event that is not text matches nothing.
    client.bytes(b"\x00\x01\x01\x02\x04j5\xff\xfeecho").await;
    let Heard::Text(text) = client.hear_any().await else {
        panic!("an answer in text")
    };
    assert!(text.contains("unmatched topic"), "{text}");
    client.bytes(b"\x00\x01\x01\x06\x01j6room:1\xff").await;
    client.expects(end("j", "room:1", "phx_error")).await;
    client.is_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn bytes_reach_the_server_by_longpoll_and_the_way_back_is_refused_clearly() {
    let mut site = site::start().await;
    let mut client = site.member(Via::LongPoll, "room:1").await;
    let refusal = "longpoll carries text only, and this message is binary";
    client
        .bytes(b"\x00\x01\x01\x06\x03j1room:1say\x01\x02")
        .await;
    client.expects(end("j", "room:1", "phx_error")).await;
    assert!(site.noted().await.starts_with("room:1 Failed("));
    client.join("room:1").await;
    client
        .bytes(b"\x00\x01\x01\x06\x04j2room:1echo\x01\x02")
        .await;
    client
        .expects(reply(
            Some("j"),
            "2",
            "room:1",
            "error",
            json!({"reason": "internal error"}),
        ))
        .await;
    client
        .asks(
            json!(["j", "3", "room:1", "try bytes", {}]),
            ok("3", "room:1", json!(refusal)),
        )
        .await;
    client
        .say(json!(["j", "4", "room:1", "shout bytes", {}]))
        .await;
    let crashed = reply(
        Some("k"),
        "k",
        "room:2",
        "error",
        json!({"reason": "join crashed"}),
    );
    client
        .asks(
            json!(["k", "k", "room:2", "phx_join", {"bytes": true}]),
            crashed,
        )
        .await;
    assert!(site.noted().await.starts_with("room:2 Failed("));
    let refused = reply(
        Some("l"),
        "l",
        "room:2",
        "error",
        json!({"reason": "join refused"}),
    );
    client
        .asks(
            json!(["l", "l", "room:2", "phx_join", {"bytes": true, "refuse": true}]),
            refused,
        )
        .await;
    client
        .asks(
            json!(["j", "5", "room:1", "echo", {}]),
            ok("5", "room:1", json!({})),
        )
        .await;
    client.is_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn payloads_of_every_shape_are_delivered_and_pushes_are_objects() {
    for via in BOTH {
        let site = site::start().await;
        let mut client: Client = site.member(via, "room:1").await;
        for payload in [
            json!(null),
            json!([1, "two"]),
            json!("text"),
            json!(1.5),
            json!({"a": {"b": []}}),
        ] {
            client
                .asks(
                    json!(["j", "1", "room:1", "echo", payload]),
                    ok("1", "room:1", payload.clone()),
                )
                .await;
        }
        client
            .say(json!(["j", "2", "room:1", "push list", {}]))
            .await;
        let heard = client.hear().await;
        assert!(
            heard[4]["response"]
                .as_str()
                .is_some_and(|text| text != "sent"),
            "{heard}"
        );
        client.say(json!(["j", "3", "room:1", "shout", [1]])).await;
        client.is_quiet().await;
    }
}
