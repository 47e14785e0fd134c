//! Presence in channels, with a client that keeps its list as Phoenix's clients do.

use std::time::Duration;

use landfall::{
    Endpoint,
    channel::{Answer, Channel, Event, Join, JoinError, Joined, Outlet, Reply},
    presence::{Options, Presence, Presences, Tracked},
    pubsub::PubSub,
};
use serde_json::{Map, Value, json};
use tokio::time::sleep;

use crate::channels::{
    client::{BOTH, Client, Via, end, ok},
    room::Tally,
    site::{self, Site, Started, UserSocket},
};

const TOPIC: &str = "present:1";

/// Tracks its client.
pub(crate) struct Present {
    me: Tracked,
}

impl Channel for Present {
    type State = ();
    type Socket = UserSocket;
    type Info = ();

    async fn join(join: Join<Self>) -> Result<Joined<Self>, JoinError> {
        let name: String = join.parse()?;
        let me = join.track(&name, json!({"away": false}))?;
        Ok(Joined::new(Present { me }))
    }

    async fn joined(&mut self, out: &mut Outlet) -> Answer {
        out.push_presence().await;
        Answer::NoReply
    }

    async fn handle_in(&mut self, event: Event, _: &mut Outlet) -> Answer {
        match event.name() {
            "away" => match self.me.update(json!({"away": true})) {
                Ok(_) => Answer::Reply(Reply::ok(json!({}))),
                Err(error) => Answer::Reply(error.into()),
            },
            "hang" => std::future::pending().await,
            "stop" => Answer::stop(),
            _ => panic!("as asked"),
        }
    }
}

/// What `Presence` of Phoenix's client keeps.
#[derive(Default)]
struct List {
    state: Option<Map<String, Value>>,
    pending: Vec<Value>,
}

impl List {
    fn hear(&mut self, event: &str, payload: &Value) {
        match event {
            "presence_state" => {
                self.state = Some(payload.as_object().expect("an object").clone());
                let pending = std::mem::take(&mut self.pending);
                pending.iter().for_each(|diff| self.apply(diff));
            }
            "presence_diff" if self.state.is_none() => self.pending.push(payload.clone()),
            "presence_diff" => self.apply(payload),
            _ => panic!("unexpected event {event}"),
        }
    }

    fn apply(&mut self, diff: &Value) {
        let state = self.state.as_mut().expect("a state");
        for (key, joined) in diff["joins"].as_object().expect("joins") {
            let known = state.get(key).map(metas).unwrap_or_default();
            let new = metas(joined);
            let mut all: Vec<Value> = known
                .into_iter()
                .filter(|meta| !has_ref(&new, meta))
                .collect();
            all.extend(new);
            state.insert(key.clone(), json!({"metas": all}));
        }
        for (key, left) in diff["leaves"].as_object().expect("leaves") {
            let Some(known) = state.get(key).map(metas) else {
                continue;
            };
            let gone = metas(left);
            let rest: Vec<Value> = known
                .into_iter()
                .filter(|meta| !has_ref(&gone, meta))
                .collect();
            match rest.is_empty() {
                true => drop(state.remove(key)),
                false => drop(state.insert(key.clone(), json!({"metas": rest}))),
            }
        }
    }
}

fn metas(present: &Value) -> Vec<Value> {
    present["metas"].as_array().expect("metas").clone()
}

fn has_ref(metas: &[Value], meta: &Value) -> bool {
    metas
        .iter()
        .any(|other| other["phx_ref"] == meta["phx_ref"])
}

struct Member {
    client: Client,
    list: List,
}

impl Member {
    async fn join(site: &Started, via: Via, name: &str) -> Member {
        let mut member = Member {
            client: site.client(via).await,
            list: List::default(),
        };
        member
            .client
            .asks(
                json!(["j", "j", TOPIC, "phx_join", name]),
                ok("j", TOPIC, json!({})),
            )
            .await;
        member
    }

    async fn asks(&mut self, event: &str) {
        self.client.say(json!(["j", "1", TOPIC, event, {}])).await;
    }

    /// Hears everything that is on its way. Skips replies and ends.
    async fn catch_up(&mut self) {
        sleep(Duration::from_millis(50)).await;
        self.client
            .say(json!([null, "all?", "phoenix", "heartbeat", {}]))
            .await;
        loop {
            let heard = self.client.hear().await;
            match heard[3].as_str().expect("an event") {
                "phx_reply" if heard[1] == "all?" => return,
                "phx_reply" | "phx_close" | "phx_error" => {}
                event => self.list.hear(event, &heard[4]),
            }
        }
    }

    async fn knows(&mut self, site: &Started, keys: &[&str]) {
        self.catch_up().await;
        let list = json!(site.running.presence().list(TOPIC).await);
        let known = json!(self.list.state);
        assert_eq!(known, list, "over {:?}", self.client.via());
        assert_eq!(
            known
                .as_object()
                .expect("a list")
                .keys()
                .collect::<Vec<_>>(),
            keys
        );
    }
}

#[tokio::test(start_paused = true)]
async fn clients_know_who_is_there_however_channels_end() {
    for via in BOTH {
        let site = site::start().await;
        let mut ann = Member::join(&site, via, "ann").await;
        ann.knows(&site, &["ann"]).await;
        let mut bob = Member::join(&site, Via::WebSocket, "bob").await;
        let mut bob_too = Member::join(&site, Via::LongPoll, "bob").await;
        for member in [&mut ann, &mut bob, &mut bob_too] {
            member.knows(&site, &["ann", "bob"]).await;
        }
        assert_eq!(
            metas(&json!(site.running.presence().list(TOPIC).await)["bob"]).len(),
            2
        );

        bob.asks("away").await;
        for member in [&mut ann, &mut bob, &mut bob_too] {
            member.knows(&site, &["ann", "bob"]).await;
        }
        bob.asks("stop").await;
        ann.knows(&site, &["ann", "bob"]).await;
        bob_too.asks("panic").await;
        ann.knows(&site, &["ann"]).await;

        for gone in ["phx_leave", "hang", "vanish"] {
            let mut cat = Member::join(&site, via, "cat").await;
            ann.knows(&site, &["ann", "cat"]).await;
            match gone {
                "vanish" => drop(cat),
                _ => {
                    cat.asks(gone).await;
                    cat.asks("phx_leave").await;
                    cat.catch_up().await;
                }
            }
            // A longpoll client is gone if it has not polled for a while.
            for _ in 0..4 {
                ann.catch_up().await;
                sleep(Duration::from_secs(2)).await;
            }
            ann.knows(&site, &["ann"]).await;
        }
        drop((ann, bob, bob_too));
        site.is_as_at_first(&[TOPIC]).await;
        assert!(site.running.presence().list(TOPIC).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_join_begins_a_new_list() {
    for via in BOTH {
        let site = site::start().await;
        let mut ann = Member::join(&site, via, "ann").await;
        let mut bob = Member::join(&site, via, "bob").await;
        ann.knows(&site, &["ann", "bob"]).await;
        bob.catch_up().await;
        bob.list = List::default();
        bob.client
            .asks(
                json!(["j", "j", TOPIC, "phx_join", "bobby"]),
                ok("j", TOPIC, json!({})),
            )
            .await;
        bob.client.expects(end("j", TOPIC, "phx_close")).await;
        bob.knows(&site, &["ann", "bobby"]).await;
        ann.knows(&site, &["ann", "bobby"]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_join_that_is_refused_leaves_no_trace() {
    let site = site::start().await;
    let mut ann = Member::join(&site, Via::WebSocket, "ann").await;
    let mut stranger = site.client(Via::WebSocket).await;
    let refused = json!([null, "1", TOPIC, "phx_reply", {"status": "error", "response": {"reason": "join refused"}}]);
    stranger
        .asks(json!([null, "1", TOPIC, "phx_join", "__proto__"]), refused)
        .await;
    ann.knows(&site, &["ann"]).await;
}

#[tokio::test(start_paused = true)]
async fn endpoints_can_share_who_is_there_and_add_what_they_know() {
    let pubsub = PubSub::new();
    let presence = Options::new().fetch(|topic: &str, presences: &mut Presences| {
        for (key, present) in presences.iter_mut() {
            present.insert("known as", format!("{key} of {topic}"));
        }
    });
    let presence = Presence::with(&pubsub, presence);
    let with_presence = || Site::builder_with(Tally::default()).presence(presence.clone());
    let here = site::start_from(with_presence(), pubsub.clone()).await;
    let there = site::start_from(with_presence(), pubsub.clone()).await;
    let mut ann = here.client(Via::WebSocket).await;
    ann.asks(
        json!(["j", "j", TOPIC, "phx_join", "ann"]),
        ok("j", TOPIC, json!({})),
    )
    .await;
    let state = ann.hear().await;
    assert_eq!(state[3], "presence_state");
    assert_eq!(state[4]["ann"]["known as"], "ann of present:1", "{state}");
    let diff = ann.hear().await;
    assert_eq!(
        diff[4]["joins"]["ann"]["metas"], state[4]["ann"]["metas"],
        "{diff}"
    );

    let mut bob = there.client(Via::LongPoll).await;
    bob.asks(
        json!(["j", "j", TOPIC, "phx_join", "bob"]),
        ok("j", TOPIC, json!({})),
    )
    .await;
    assert_eq!(
        bob.hear().await[4]["ann"]["metas"],
        state[4]["ann"]["metas"]
    );
    let diff = ann.hear().await;
    assert_eq!(
        diff[4]["joins"]["bob"]["known as"], "bob of present:1",
        "{diff}"
    );
    there.running.shutdown().await.expect("a clean end");
    let diff = ann.hear().await;
    assert_eq!(
        diff[4]["leaves"]["bob"]["metas"].as_array().map(Vec::len),
        Some(1),
        "{diff}"
    );
    ann.is_quiet().await;
}
