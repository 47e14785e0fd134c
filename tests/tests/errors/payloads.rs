//! Typed payloads: how they are sent and read, and payloads that cannot be JSON.

use std::collections::BTreeMap;

use landfall::{message::EncodeError, prelude::*, pubsub::IntoPayload, testing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::log::Log;

endpoint! {
    struct Typed;

    socket("/socket", UserSocket);
    socket("/raw", Raw);
}

struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    fn connect() -> Self {
        UserSocket
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Said {
    text: String,
}

fn said() -> Said {
    Said {
        text: "ahoy".to_owned(),
    }
}

/// A value that cannot be JSON: keys have to be strings.
fn never() -> Json<BTreeMap<[u8; 2], u8>> {
    Json(BTreeMap::from([([1, 2], 3)]))
}

#[derive(Debug)]
struct Room;

#[channel(UserSocket)]
impl Room {
    fn join(#[rest] how: &str) -> Result<(Self, Json<Value>), JoinError> {
        match how {
            "refused" => Err(JoinError::with(Json(said()))),
            "no" => Err(JoinError::new().caused_by("full")),
            "never" => Err(JoinError::with(never())),
            _ => Ok((Room, Json(json!({"how": how})))),
        }
    }

    async fn handle_in(&mut self, event: Event, out: &mut Outlet) -> Result<Reply, Reply> {
        match event.name() {
            "push" => out.push("said", Json(event.parse::<Said>()?)),
            "broadcast" => out.broadcast("said", Json(said()))?,
            "push never" => out.push("said", never()),
            "push list" => out.push("said", Json(vec![said()])),
            "broadcast never" => out.broadcast("said", never())?,
            "broadcast text" => out.broadcast("said", "ahoy")?,
            "reply never" => return Ok(Reply::ok(never())),
            "no" => return Err(Reply::because(format!("no {}", "ahoy")).caused_by("full")),
            _ => {}
        }
        Ok(Reply::ok(Json(said())))
    }
}

/// A channel whose reply to a join cannot be JSON.
struct Mute;

#[channel(MuteSocket)]
impl Mute {
    fn join() -> (Self, Json<BTreeMap<[u8; 2], u8>>) {
        (Mute, never())
    }
}

struct MuteSocket;

#[socket(channel("*", Mute))]
impl MuteSocket {
    fn connect() -> Self {
        MuteSocket
    }
}

endpoint! {
    struct Silent;

    socket("/socket", MuteSocket);
}

struct Raw;

#[socket]
impl Raw {
    fn connect() -> Self {
        Raw
    }

    async fn handle_in(
        &mut self,
        message: Message,
        out: &mut Outbox,
    ) -> Result<(), serde_json::Error> {
        let said: Said = message.parse()?;
        out.push(Message::from_json(&said)?);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_struct_is_sent_as_json_and_read_again() {
    let site = testing::start::<Typed>().await;
    let client = site.connect("/socket").await.expect("a connection");
    let mut room = client.join("room:1", json!({})).await.expect("a channel");
    assert_eq!(room.joined().parse::<Value>(), json!({"how": "1"}));
    assert_eq!(
        room.push("push", Json(said())).await.parse::<Said>(),
        said()
    );
    assert_eq!(room.expect("said").await.parse::<Said>(), said());
    assert_eq!(room.push("broadcast", 0).await.ok::<Said>(), said());
    assert_eq!(room.expect("said").await.parse::<Said>(), said());
    let refused = client.join("room:refused", 0).await.expect_err("refused");
    assert_eq!(refused.parse::<Said>(), said());

    let mut topic = site.handle().subscribe("news");
    site.handle()
        .broadcast("news", "said", Json(said()))
        .expect("room");
    let news = topic.recv().await.expect("news");
    assert_eq!(news.parse::<Said>().expect("as it was"), said());
}

#[tokio::test(start_paused = true)]
async fn a_socket_without_channels_speaks_json() {
    let site = testing::start::<Typed>().await;
    let mut raw = site.raw("/raw").await.expect("a connection");
    raw.send(r#"{"text": "ahoy"}"#);
    raw.send(br#"{"text": "ahoy"}"#.to_vec());
    for _ in 0..2 {
        let came = raw.recv().await;
        assert_eq!(came.as_text(), Some(r#"{"text":"ahoy"}"#));
        assert_eq!(came.parse::<Said>().expect("as it was"), said());
    }
    raw.send("{}");
    raw.expect_close(1011).await;
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_json_is_an_error_of_the_call() {
    let (log, _guard) = Log::start();
    let site = testing::start::<Typed>().await;
    let never_sent = site.handle().broadcast("room:1", "said", never());
    let error = never_sent.expect_err("no JSON");
    assert_eq!(error.to_string(), "the value cannot be JSON");
    let cause = std::error::Error::source(&error).expect("serde's reason");
    assert_eq!(cause.to_string(), "key must be a string");
    let mut out = testing::outlet("room:1");
    let error = out.try_push("said", never()).expect_err("no JSON");
    assert!(std::error::Error::source(&error).is_some(), "{error}");

    let client = site.connect("/socket").await.expect("a connection");
    let mut room = client.join("room:1", json!({})).await.expect("a channel");
    let internal = json!({"reason": "internal error"});
    for event in ["broadcast never", "broadcast text", "reply never"] {
        assert_eq!(room.push(event, 0).await.error::<Value>(), internal);
    }
    let refused = client.join("room:never", 0).await.expect_err("no JSON");
    assert_eq!(refused.parse::<Value>(), json!({"reason": "join refused"}));
    // A push cannot return an error. Its channel ends, so that the client does not wait.
    room.push("push never", 0).await.ok::<Value>();
    room.expect_error().await;

    let of = "socket=UserSocket channel=Room topic";
    for line in [
        format!(
            "ERROR a channel's callback failed {of}=room:1 event=\"broadcast never\" error=the value cannot be JSON: key must be a string"
        ),
        format!(
            "ERROR a channel's callback failed {of}=room:1 event=\"broadcast text\" error=no client can get the payload: expected payload to be a map, got: text"
        ),
        format!(
            "ERROR a channel's callback failed {of}=room:1 event=\"reply never\" error=the value cannot be JSON: key must be a string"
        ),
        format!("ERROR FAILED JOIN room:never {of}=room:never params=0 error=the value cannot be JSON: key must be a string"),
        "ERROR a push was not sent, and its channel ends: the value cannot be JSON: key must be a string topic=room:1 event=said".to_owned(),
    ] {
        log.is_once(&line);
    }
}

#[tokio::test(start_paused = true)]
async fn the_log_says_what_to_send_in_place_of_a_list() {
    let (log, _guard) = Log::start();
    let site = testing::start::<Typed>().await;
    let client = site.connect("/socket").await.expect("a connection");
    let mut room = client.join("room:1", json!({})).await.expect("a channel");
    room.push("push list", 0).await.ok::<Value>();
    room.expect_error().await;
    log.is_once(
        "ERROR a push was not sent, and its channel ends: expected payload to be a map, got: a list topic=room:1 event=said \
         help=a payload is an object, such as `json!({ \"items\": list })` or `Json(a_struct)`",
    );
}

#[tokio::test(start_paused = true)]
async fn a_join_whose_reply_cannot_be_json_is_refused() {
    let (log, _guard) = Log::start();
    let site = testing::start::<Silent>().await;
    let client = site.connect("/socket").await.expect("a connection");
    let refused = client.join("any", 0).await.expect_err("no JSON");
    assert_eq!(refused.parse::<Value>(), json!({"reason": "join crashed"}));
    log.is_once("ERROR the reply to a join was not sent: the value cannot be JSON: key must be a string topic=any");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_keeps_the_error_behind_it() {
    let (log, _guard) = Log::start();
    let site = testing::start::<Typed>().await;
    let client = site.connect("/socket").await.expect("a connection");
    let refused = client.join("room:no", 0).await.expect_err("refused");
    assert_eq!(refused.parse::<Value>(), json!({}));
    let room = client.join("room:1", 0).await.expect("a channel");
    let no = room.push("no", 0).await;
    assert_eq!(no.error::<Value>(), json!({"reason": "no ahoy"}));
    let of = "socket=UserSocket channel=Room topic";
    log.is_once(&format!(
        "INFO REFUSED JOIN room:no {of}=room:no params=0 reply={{}} reason=full"
    ));
    log.is_once(&format!(
        "DEBUG a channel's callback refused {of}=room:1 event=no reason=full"
    ));

    let refused = Refused::because("closed").caused_by(std::io::Error::other("full"));
    let reason = refused.reason().expect("a reason");
    assert_eq!(reason.to_string(), "closed");
    assert_eq!(reason.source().expect("its cause").to_string(), "full");
    let refused = Refused::new().caused_by("full");
    assert_eq!(refused.reason().expect("a reason").to_string(), "full");
    assert_eq!(
        (refused.status().as_u16(), refused.is_failure()),
        (403, false)
    );
}

#[test]
fn whatever_turns_into_a_payload_is_one() {
    let payloads: [Result<Payload, EncodeError>; 3] = [
        json!({"text": "ahoy"}).into_payload(),
        Json(said()).into_payload(),
        Payload::from_json(&said()).map_err(EncodeError::from),
    ];
    for payload in payloads {
        assert_eq!(
            payload.expect("JSON").parse::<Said>().expect("as it was"),
            said()
        );
    }
    let error = Payload::from("ahoy").parse::<Said>().expect_err("text");
    assert_eq!(error.to_string(), "expected JSON, got: text");
}
