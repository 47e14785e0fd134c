//! The callback `joined`: after the reply to the join, before anything else.

use std::time::Duration;

use landfall::{
    prelude::*,
    testing::{self, Raw, Site},
};
use serde_json::{Value, json};

use crate::channels::client::{BOTH, Via, end_payload};

endpoint! {
    struct Web;

    secret_key_base = [(); 3].map(|()| landfall::transport::unguessable_name()).concat();

    socket("/socket", UserSocket, longpoll);
}

struct UserSocket;

#[socket(channel("room:*", Room), channel("plain:*", Plain))]
impl UserSocket {
    fn connect() -> Self {
        UserSocket
    }
}

/// Does in `joined` what its topic says.
struct Room {
    how: String,
    handle: Handle,
}

#[channel(UserSocket)]
impl Room {
    fn join(
        #[rest] how: String,
        mailbox: channel::Mailbox<&'static str>,
        handle: Handle,
    ) -> Result<Self, JoinError> {
        if how == "refused" {
            return Err(JoinError::because("closed"));
        }
        if how.ends_with("told") {
            mailbox.send("sent before")?;
        }
        Ok(Room { how, handle })
    }

    async fn joined(&mut self, out: &mut Outlet) -> anyhow::Result<Answer> {
        if self.how.starts_with("slow") {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        out.push("joined", json!({}));
        match &*self.how {
            "stop" => return Ok(Answer::stop()),
            "crash" => panic!("as asked"),
            "fails" => anyhow::bail!("as asked"),
            "hears" => self.handle.broadcast(out.topic(), "news", json!({}))?,
            _ => {}
        }
        Ok(Answer::NoReply)
    }

    async fn handle_info(&mut self, what: &'static str, out: &mut Outlet) {
        out.push("info", json!({"length": what.len()}));
    }

    async fn handle_in(&mut self, event: Event, _: &mut Outlet) -> Reply {
        Reply::ok(json!({"event": event.name()}))
    }
}

/// Has no `joined`.
struct Plain;

#[channel(UserSocket)]
impl Plain {
    fn join() -> Self {
        Plain
    }

    async fn handle_in(&mut self, _: Event, _: &mut Outlet) -> Reply {
        Reply::ok(json!({}))
    }
}

async fn raw(site: &Site<Web>, via: Via) -> Raw {
    let connect = site.raw("/socket").param("vsn", "2.0.0");
    let connect = match via {
        Via::WebSocket => connect,
        Via::LongPoll => connect.longpoll(),
    };
    connect.await.expect("a connection")
}

fn join(topic: &str) -> String {
    json!(["j", "j", topic, "phx_join", {}]).to_string()
}

/// The next messages, each as event and payload.
async fn hears(raw: &mut Raw, expected: &[(&str, Value)]) {
    for (event, payload) in expected {
        let message: Vec<Value> = raw.recv().await.parse().expect("an array");
        assert_eq!((&message[3], &message[4]), (&json!(event), payload));
    }
}

fn ok(response: Value) -> (&'static str, Value) {
    ("phx_reply", json!({"status": "ok", "response": response}))
}

#[tokio::test(start_paused = true)]
async fn it_runs_after_the_reply_and_before_any_message() {
    for via in BOTH {
        let info = ("info", json!({"length": 11}));
        let pong = ok(json!({"event": "ping"}));
        for (topic, next) in [
            ("room:quick", &pong),
            ("room:slow", &pong),
            ("room:quick and told", &info),
            ("room:slow and told", &info),
        ] {
            let site = testing::start::<Web>().await;
            let mut raw = raw(&site, via).await;
            raw.send(join(topic));
            if *next == pong {
                raw.send(json!(["j", "1", topic, "ping", {}]).to_string());
            }
            let expected = [ok(json!({})), ("joined", json!({})), next.clone()];
            hears(&mut raw, &expected).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_waits_holds_up_no_other_channel() {
    let site = testing::start::<Web>().await;
    let client = site.connect("/socket").await.expect("a connection");
    let mut slow = client.join("room:slow", 0).await.expect("a channel");
    let plain = client.join("plain:1", 0).await.expect("a channel");
    plain.push("ping", 0).await.ok::<Value>();
    slow.expect_nothing().await;
    slow.expect("joined").await;
}

#[tokio::test(start_paused = true)]
async fn its_client_hears_broadcasts_by_then() {
    let site = testing::start::<Web>().await;
    let client = site.connect("/socket").await.expect("a connection");
    let mut room = client.join("room:hears", 0).await.expect("a channel");
    room.expect("news").await;
}

#[tokio::test(start_paused = true)]
async fn it_can_end_the_channel() {
    for (topic, end) in [("room:stop", "phx_close"), ("room:crash", "phx_error")] {
        let site = testing::start::<Web>().await;
        let mut raw = raw(&site, Via::WebSocket).await;
        raw.send(join(topic));
        let expected = [
            ok(json!({})),
            ("joined", json!({})),
            (end, end_payload(end)),
        ];
        hears(&mut raw, &expected).await;
    }
}

#[tokio::test(start_paused = true)]
async fn after_an_error_the_channel_goes_on() {
    let site = testing::start::<Web>().await;
    let client = site.connect("/socket").await.expect("a connection");
    let mut room = client.join("room:fails", 0).await.expect("a channel");
    room.expect("joined").await;
    room.push("ping", 0).await.ok::<Value>();
}

#[tokio::test(start_paused = true)]
async fn a_refused_join_has_none() {
    let site = testing::start::<Web>().await;
    let mut raw = raw(&site, Via::WebSocket).await;
    raw.send(join("room:refused"));
    let refused = json!({"status": "error", "response": {"reason": "closed"}});
    hears(&mut raw, &[("phx_reply", refused)]).await;
    raw.expect_nothing().await;
}
