//! Channels that do what their clients ask for.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use landfall::{
    Handle,
    channel::{Answer, Channel, Event, Join, JoinError, Joined, Mailbox, Outlet, Reply, SocketRef},
    pubsub::{Broadcast, Payload},
    socket::Reason,
    state::Need,
};
use serde::Deserialize;
use serde_json::json;
use tokio::time::sleep;

use crate::channels::site::{FewChannels, UserSocket};

/// Obeys the event's name.
pub(crate) struct Room {
    topic: String,
    handle: Handle,
    mailbox: Mailbox<Told>,
    kept: Option<SocketRef>,
    silent: bool,
    tally: Tally,
}

/// The state of a site: how many rooms were joined, and how many have been told their end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Arc<[AtomicUsize; 2]>);

impl Tally {
    pub(crate) fn joined(&self) -> usize {
        self.0[0].load(Ordering::SeqCst)
    }

    pub(crate) fn ended(&self) -> usize {
        self.0[1].load(Ordering::SeqCst)
    }

    pub(crate) fn alive(&self) -> usize {
        self.joined() - self.ended()
    }
}

/// What a join may ask for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    refuse: bool,
    panic: bool,
    hang: bool,
    wait_ms: u64,
    reply: Option<serde_json::Value>,
    bytes: bool,
    inform: bool,
    listen: Option<String>,
    /// Notes nothing.
    silent: bool,
}

/// What reaches `handle_info`.
pub(crate) enum Told {
    Text(&'static str),
    Heard(Broadcast),
    Nothing,
    Panic,
}

impl From<Broadcast> for Told {
    fn from(broadcast: Broadcast) -> Self {
        Told::Heard(broadcast)
    }
}

impl Channel for Room {
    type State = Need<Tally>;
    type Socket = UserSocket;
    type Info = Told;

    const INTERCEPT: &'static [&'static str] = &["secret", "stop all"];

    async fn join(join: Join<Self>) -> Result<Joined<Self>, JoinError> {
        let wish: Wish = join.parse()?;
        sleep_ms(wish.wait_ms).await;
        if wish.hang {
            pending::<()>().await;
        }
        assert!(!wish.panic, "as asked");
        if wish.refuse && wish.bytes {
            return Err(JoinError::with(vec![1, 2, 3]));
        }
        if wish.refuse {
            return Err(JoinError::because("not you"));
        }
        let mailbox = join.mailbox();
        if wish.inform {
            mailbox
                .send(Told::Text("just joined"))
                .expect("room in the mailbox");
        }
        if let Some(topic) = wish.listen {
            mailbox.deliver(&topic);
        }
        let tally = join.take::<Need<Tally>>();
        tally.0[0].fetch_add(1, Ordering::SeqCst);
        let (topic, handle) = (join.topic().to_owned(), join.handle().clone());
        let joined = Joined::new(Room {
            topic,
            handle,
            mailbox,
            kept: None,
            silent: wish.silent,
            tally,
        });
        Ok(match wish.reply {
            Some(reply) => joined.reply(reply),
            None if wish.bytes => joined.reply(vec![1, 2, 3]),
            None => joined,
        })
    }

    async fn handle_in(&mut self, event: Event, out: &mut Outlet) -> Answer {
        let payload = event.payload().clone();
        match event.name() {
            "echo" => return Answer::Reply(Reply::ok(payload)),
            "size" => return Answer::Reply(Reply::ok(json!(payload.as_text().map(str::len)))),
            "twice" => {
                out.push("said", payload.clone());
                return Answer::Reply(Reply::ok(payload));
            }
            "no" => return Answer::Reply(Reply::error(payload)),
            "maybe" => return Answer::Reply(Reply::new("maybe", payload)),
            "say" => out.push("said", payload),
            "shout" => out
                .broadcast("shouted", payload)
                .expect("room for a broadcast"),
            "tell" => out
                .broadcast_from("told", payload)
                .expect("room for a broadcast"),
            "whisper" => out
                .broadcast("secret", payload)
                .expect("room for a broadcast"),
            "stop all" => out
                .broadcast("stop all", payload)
                .expect("room for a broadcast"),
            "around" => {
                out.push("said", json!({"n": 1}));
                out.broadcast("shouted", json!({"n": 2}))
                    .expect("room for a broadcast");
                out.push("said", json!({"n": 3}));
                out.broadcast("shouted", json!({"n": 4}))
                    .expect("room for a broadcast");
                return Answer::Reply(Reply::ok(json!({"n": 5})));
            }
            "wait" => {
                sleep_ms(event.parse::<u64>().expect("milliseconds")).await;
                self.note("waited");
                return Answer::Reply(Reply::ok(payload));
            }
            "hang" => pending().await,
            "hang badly" => {
                let _bad = BadEnd;
                pending().await
            }
            "hang late" => {
                tokio::task::yield_now().await;
                pending().await
            }
            "panic" => panic!("as asked"),
            "panic late" => {
                sleep_ms(100).await;
                panic!("as asked");
            }
            "stop" => return Answer::stop_with(Reply::ok(payload)),
            "stop silently" => return Answer::stop(),
            "fail" => return Answer::fail("as asked"),
            "bytes" => return Answer::Reply(Reply::ok(vec![1, 2, 3])),
            "push bytes" => out.push("bytes", vec![4, 5, 6]),
            "shout bytes" => out
                .broadcast("bytes", vec![7, 8, 9])
                .expect("room for a broadcast"),
            "try bytes" => return told(out.try_push("bytes", vec![4, 5, 6])),
            "push list" => return told(out.try_push("list", json!([1]))),
            "push a list" => out.push("list", json!([1])),
            "push text" => out.push("text", "plain"),
            "try to shout text" => return told(out.broadcast("text", "plain")),
            "try to tell text" => return told(out.broadcast_from("text", "plain")),
            "whisper text" => return told(out.broadcast("secret", "plain")),
            "answer kept in bytes" => {
                let kept = self.kept.take().expect("a reference was kept");
                return told(kept.reply(Reply::ok(vec![1])));
            }
            "inform many" => {
                let sent = (0..300).take_while(|_| self.mailbox.send(Told::Nothing).is_ok());
                return Answer::Reply(Reply::ok(json!(sent.count())));
            }
            "keep" => self.kept = out.socket_ref(),
            "answer kept" => {
                let kept = self.kept.take().expect("a reference was kept");
                kept.reply(Reply::ok(payload)).expect("the client is here");
            }
            "later" => self.reply_later(out.socket_ref(), event.parse().expect("milliseconds")),
            "inform" => self
                .mailbox
                .send(Told::Text("informed"))
                .expect("room in the mailbox"),
            "inform badly" => self.mailbox.send(Told::Panic).expect("room in the mailbox"),
            "deaf" => self.mailbox.stop_delivering("news"),
            "assigns" => unreachable!("`assigns` are read by joins"),
            name => return Answer::Reply(Reply::because(format!("unknown event {name}"))),
        }
        Answer::NoReply
    }

    async fn handle_info(&mut self, told: Told, out: &mut Outlet) -> Answer {
        match told {
            Told::Text(text) => out.push("info", json!({"text": text})),
            Told::Heard(news) => {
                out.push(
                    "heard",
                    json!({"topic": news.topic(), "event": news.event()}),
                );
            }
            Told::Nothing => {}
            Told::Panic => panic!("as asked"),
        }
        Answer::NoReply
    }

    async fn handle_out(&mut self, broadcast: Broadcast, out: &mut Outlet) -> Answer {
        if broadcast.event() == "stop all" {
            return Answer::stop();
        }
        if broadcast.payload() != &Payload::from(json!({"drop": true})) {
            out.push("overheard", broadcast.payload().clone());
        }
        Answer::NoReply
    }

    fn terminate(self, reason: Reason) {
        self.tally.0[1].fetch_add(1, Ordering::SeqCst);
        self.note(&format!("{reason:?}"));
    }
}

impl Room {
    fn note(&self, text: &str) {
        if !self.silent {
            note(&self.handle, &format!("{} {text}", self.topic));
        }
    }

    fn reply_later(&self, to: Option<SocketRef>, wait_ms: u64) {
        let (handle, to) = (
            self.handle.clone(),
            Arc::new(to.expect("the client waits for a reply")),
        );
        tokio::spawn(async move {
            sleep_ms(wait_ms).await;
            let replied = to.reply(Reply::ok(json!({"late": true})));
            note(&handle, &format!("replied {replied:?}"));
        });
    }
}

fn note(handle: &Handle, text: &str) {
    handle
        .broadcast("journal", "note", text)
        .expect("room for a broadcast");
}

/// The answer that says whether it succeeded.
fn told<E: std::fmt::Display>(tried: Result<(), E>) -> Answer {
    Answer::Reply(Reply::ok(
        tried
            .err()
            .map_or("sent".to_owned(), |error| error.to_string()),
    ))
}

async fn sleep_ms(wait: u64) {
    if wait > 0 {
        sleep(Duration::from_millis(wait)).await;
    }
}

/// Panics when it is dropped.
struct BadEnd;

impl Drop for BadEnd {
    fn drop(&mut self) {
        panic!("as asked");
    }
}

/// Tells its clients what it knows about their joins.
pub(crate) struct Lobby;

impl Channel for Lobby {
    type State = ();
    type Socket = UserSocket;
    type Info = ();

    async fn join(join: Join<Self>) -> Result<Joined<Self>, JoinError> {
        let reply = json!({
            "topic": join.topic(),
            "rest": join.rest(),
            "assigns": join.assigns::<&str>().copied(),
            "payload": join.parse::<serde_json::Value>()?,
        });
        Ok(Joined::new(Lobby).reply(reply))
    }

    async fn handle_in(&mut self, _: Event, _: &mut Outlet) -> Answer {
        Answer::NoReply
    }
}

/// Echoes every payload.
pub(crate) struct Plain;

impl Channel for Plain {
    type State = ();
    type Socket = FewChannels;
    type Info = ();

    async fn join(_: Join<Self>) -> Result<Joined<Self>, JoinError> {
        Ok(Joined::new(Plain))
    }

    async fn handle_in(&mut self, event: Event, _: &mut Outlet) -> Answer {
        Answer::Reply(Reply::ok(event.into_payload()))
    }
}
