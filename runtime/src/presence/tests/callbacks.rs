//! What an application adds, and what it is told.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{
    super::*,
    javascript::{Client, wait},
};
use crate::{
    BoxError,
    pubsub::{
        Subscription,
        adapter::{InProcess, NodeOptions},
    },
};

/// A database. What it is asked for is noted.
#[derive(Clone, Default)]
struct Names {
    asked: Arc<Mutex<Vec<String>>>,
}

impl Names {
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().expect("no panic"))
    }
}

impl Fetch for Names {
    async fn fetch(&self, topic: &str, presences: &mut Presences) -> Result<(), BoxError> {
        let keys: Vec<&str> = presences.iter().map(|(key, _)| key).collect();
        let asked = format!("{topic}: {}", keys.join(" "));
        self.asked.lock().expect("no panic").push(asked);
        for (key, present) in presences.iter_mut() {
            present.insert("name", key.to_uppercase());
        }
        match topic {
            "slow" => sleep(Duration::from_secs(1)).await,
            "late" => sleep(Duration::from_secs(60)).await,
            "failing" => return Err("no database".into()),
            "panicking" => panic!("no database"),
            _ => {}
        }
        Ok(())
    }
}

fn start() -> (PubSub, Presence, Names) {
    let (pubsub, names) = (PubSub::new(), Names::default());
    let presence = Presence::with(&pubsub, Options::new().fetch(names.clone()));
    (pubsub, presence, names)
}

async fn diff(topic: &mut Subscription) -> Value {
    let broadcast = topic.recv().await.expect("a diff");
    broadcast.parse().expect("JSON")
}

#[tokio::test(start_paused = true)]
async fn a_database_is_asked_once_for_all_that_happens_together() {
    let (pubsub, presence, names) = start();
    let mut room = pubsub.subscribe("room");
    let _people =
        ["ann", "ben", "cy"].map(|key| presence.track("room", key, json!({})).expect("tracked"));
    let told = diff(&mut room).await;
    assert_eq!(told["joins"]["ben"]["name"], "BEN", "{told}");
    assert_eq!(names.asked(), ["room: ann ben cy"]);
    let list = presence.list("room").await;
    assert_eq!(
        list.get("cy").and_then(|cy| cy.field("name")),
        Some(&json!("CY"))
    );
    assert_eq!(names.asked(), ["room: ann ben cy"]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_database_keeps_nobody_else_and_the_order_of_its_topic() {
    let (pubsub, presence, names) = start();
    let (mut slow, mut fast) = (pubsub.subscribe("slow"), pubsub.subscribe("fast"));
    let began = Instant::now();
    let ann = presence.track("slow", "ann", json!({})).expect("tracked");
    wait(20).await;
    // While the database is asked for the first, both happens.
    let _ben = presence.track("slow", "ben", json!({})).expect("tracked");
    drop(ann);
    let _cy = presence.track("fast", "cy", json!({})).expect("tracked");
    diff(&mut fast).await;
    assert!(began.elapsed() < Duration::from_millis(100));

    let (first, second) = (diff(&mut slow).await, diff(&mut slow).await);
    assert_eq!(first["joins"]["ann"]["name"], "ANN");
    assert_eq!(second["joins"]["ben"]["name"], "BEN");
    assert_eq!(second["leaves"]["ann"]["name"], "ANN");
    assert_eq!(
        names.asked(),
        ["slow: ann", "fast: cy", "slow: ben", "slow: ann"]
    );
    let mut client = Client::default();
    client.on_state(&json!({}));
    [first, second]
        .into_iter()
        .for_each(|diff| client.on_diff(diff));
    assert_eq!(client.list().as_object().map(|list| list.len()), Some(1));
}

#[tokio::test(start_paused = true)]
async fn without_a_database_clients_are_told_metas() {
    let (pubsub, presence, _) = start();
    for topic in ["failing", "panicking", "late"] {
        let mut room = pubsub.subscribe(topic);
        let began = Instant::now();
        let ann = presence.track(topic, "ann", json!({})).expect("tracked");
        let metas = json!({"ann": {"metas": [{"phx_ref": ann.phx_ref().to_string()}]}});
        assert_eq!(diff(&mut room).await["joins"], metas, "{topic}");
        assert!(began.elapsed() < Duration::from_secs(6), "{topic}");
        assert_eq!(json!(presence.list(topic).await), metas, "{topic}");
        // The next is told too.
        drop(ann);
        assert_eq!(diff(&mut room).await["leaves"], metas, "{topic}");
    }
}

/// What `handle_metas` was told: the topic, and keys with their metas' numbers.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn read(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no panic"))
    }
}

impl HandleMetas for Diary {
    async fn handle_metas(
        &self,
        topic: &str,
        joins: &Presences,
        leaves: &Presences,
        presences: &Presences,
    ) -> Result<(), BoxError> {
        let keys = |presences: &Presences| {
            let keys = presences.iter().map(|(key, present)| {
                let name = present.field("name").and_then(Value::as_str);
                format!("{}{}", name.unwrap_or(key), present.metas().len())
            });
            keys.collect::<Vec<_>>().join(" ")
        };
        let line = format!(
            "{topic} +{} -{} ={}",
            keys(joins),
            keys(leaves),
            keys(presences)
        );
        self.0.lock().expect("no panic").push(line);
        sleep(Duration::from_millis(50)).await;
        match topic {
            "panicking" => panic!("no diary"),
            "failing" => Err("no diary".into()),
            _ => Ok(()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_application_is_told_who_came_and_left_and_who_is_there() {
    let (pubsub, diary) = (PubSub::new(), Diary::default());
    let options = Options::new()
        .fetch(Names::default())
        .handle_metas(diary.clone());
    let presence = Presence::with(&pubsub, options);
    // Nobody is subscribed: it is told all the same.
    let phone = presence.track("room", "ann", json!({})).expect("tracked");
    let _laptop = presence.track("room", "ann", json!({})).expect("tracked");
    wait(20).await;
    // It is still busy with the first.
    let _ben = presence.track("room", "ben", json!({})).expect("tracked");
    drop(phone);
    wait(200).await;
    assert_eq!(
        diary.read(),
        ["room +ANN2 - =ann2", "room +BEN1 -ANN1 =ann1 ben1"]
    );

    for topic in ["panicking", "failing"] {
        drop(presence.track(topic, "cy", json!({})).expect("tracked"));
        wait(200).await;
        let cy = presence.track(topic, "cy", json!({})).expect("tracked");
        wait(200).await;
        let lines = ["+ -cy1 =", "+cy1 - =cy1"].map(|line| format!("{topic} {line}"));
        assert_eq!(diary.read(), lines);
        drop(cy);
        wait(200).await;
        diary.read();
    }
}

#[tokio::test(start_paused = true)]
async fn the_application_is_told_on_every_node() {
    let broker = InProcess::new();
    let mut nodes = Vec::new();
    for _ in 0..3 {
        let pubsub = PubSub::connect(broker.clone(), NodeOptions::new("chat"));
        let (pubsub, diary) = (pubsub.await.expect("connected"), Diary::default());
        let presence = Presence::with(&pubsub, Options::new().handle_metas(diary.clone()));
        nodes.push((pubsub, presence, diary));
    }
    wait(2_000).await;
    let ann = nodes[0].1.track("room", "ann", json!({})).expect("tracked");
    wait(100).await;
    drop(ann);
    wait(100).await;
    for (_, _, diary) in &nodes {
        assert_eq!(diary.read(), ["room +ann1 - =ann1", "room + -ann1 ="]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_end_does_not_wait_for_callbacks() {
    let (pubsub, presence, _) = start();
    let _room = pubsub.subscribe("late");
    let _ann = presence.track("late", "ann", json!({})).expect("tracked");
    wait(100).await;
    let began = Instant::now();
    pubsub.close().await;
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn presences_of_different_names_know_nothing_of_each_other() {
    let broker = InProcess::new();
    let mut nodes = Vec::new();
    for _ in 0..2 {
        let pubsub = PubSub::connect(broker.clone(), NodeOptions::new("chat"));
        let pubsub = pubsub.await.expect("connected");
        let [guests, staff, again] = ["guests", "staff", "staff"]
            .map(|name| Presence::with(&pubsub, Options::new().name(name)));
        nodes.push([guests, staff, again]);
    }
    let _ann = nodes[0][0]
        .track("room", "ann", json!({}))
        .expect("tracked");
    let _ben = nodes[0][1]
        .track("room", "ben", json!({}))
        .expect("tracked");
    // A second one of the same name stays on its node.
    let _cy = nodes[0][2].track("room", "cy", json!({})).expect("tracked");
    wait(3_000).await;
    for (nth, key) in [(0, Some("ann")), (1, Some("ben")), (2, None)] {
        let list = nodes[1][nth].list("room").await;
        assert_eq!(list.iter().map(|(key, _)| key).next(), key);
    }
}
