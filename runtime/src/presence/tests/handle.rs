//! The handle: what is tracked, refused, told and when.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

use super::{
    super::*,
    javascript::{state, wait},
};
use crate::pubsub::Subscription;

fn start() -> (PubSub, Presence, Subscription) {
    let pubsub = PubSub::new();
    let (presence, room) = (Presence::new(&pubsub), pubsub.subscribe("room"));
    (pubsub, presence, room)
}

/// All diffs that were told so far.
fn told(room: &mut Subscription) -> Vec<Value> {
    let mut told = Vec::new();
    while let Some(broadcast) = room.try_recv() {
        let broadcast = broadcast.expect("not too slow");
        assert_eq!(broadcast.event(), "presence_diff");
        told.push(
            serde_json::from_str(broadcast.payload().as_text().expect("JSON")).expect("JSON"),
        );
    }
    told
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_is_tracked_once_under_a_key() {
    let (_, presence, _) = start();
    let (phone, laptop) = (SubscriberId::new(), SubscriberId::new());
    let first = presence
        .track_as(phone, "room", "ann", json!({"n": 1}))
        .expect("tracked");
    let again = presence.track_as(phone, "room", "ann", json!({"n": 2}));
    assert!(matches!(again, Err(TrackError::AlreadyTracked)));
    let second = presence
        .track_as(laptop, "room", "ann", json!({"n": 3}))
        .expect("another subscriber");
    presence
        .track_as(phone, "room", "ben", json!({}))
        .expect("another key");
    presence
        .track_as(phone, "hall", "ann", json!({}))
        .expect("another topic");

    let ann = presence.get_by_key("room", "ann").await.expect("present");
    let refs: Vec<PhxRef> = ann.metas().iter().map(Meta::phx_ref).collect();
    assert_eq!(refs, [first, second]);
    assert_eq!(
        ann.metas()[1]
            .parse::<HashMap<String, Value>>()
            .expect("a map")["n"],
        3
    );
    assert_eq!(
        presence
            .list("room")
            .await
            .iter()
            .map(|(key, _)| key)
            .collect::<Vec<_>>(),
        ["ann", "ben"]
    );
    assert_eq!(presence.list("nowhere").await, Presences::default());
    assert_eq!(presence.get_by_key("room", "an").await, None);
}

#[tokio::test(start_paused = true)]
async fn an_update_is_a_leave_and_a_join_in_one_diff() {
    let (_, presence, mut room) = start();
    let id = SubscriberId::new();
    let old = presence
        .track_as(id, "room", "ann", json!({"away": false}))
        .expect("tracked");
    wait(20).await;
    told(&mut room);

    let new = presence
        .update(id, "room", "ann", json!({"away": true}))
        .expect("updated");
    wait(20).await;
    let (old, new) = (old.to_string(), new.to_string());
    let meta = json!({"away": true, "phx_ref": new, "phx_ref_prev": old});
    assert_eq!(
        told(&mut room),
        [json!({
            "joins": {"ann": {"metas": [meta]}},
            "leaves": {"ann": {"metas": [{"away": false, "phx_ref": old}]}},
        })]
    );
    assert_eq!(state(&presence, "room"), json!({"ann": {"metas": [meta]}}));
    let nobody = presence.update(SubscriberId::new(), "room", "ann", json!({}));
    assert!(matches!(nobody, Err(TrackError::NotTracked)));
}

#[tokio::test(start_paused = true)]
async fn an_update_by_a_function_is_made_of_what_is_there() {
    let (_, presence, _) = start();
    let id = SubscriberId::new();
    let count = |mut meta: serde_json::Map<String, Value>| {
        let count = meta["n"].as_u64().expect("a number");
        meta.insert("n".to_owned(), (count + 1).into());
        meta
    };
    let nobody = presence.update_with(id, "room", "ann", count);
    assert!(matches!(nobody, Err(TrackError::NotTracked)));
    let old = presence
        .track_as(id, "room", "ann", json!({"n": 1, "device": "phone"}))
        .expect("tracked");
    // Another update is faster, once: the function is asked again.
    let mut faster = Some(presence.clone());
    let new = presence
        .update_with(id, "room", "ann", |meta| {
            if let Some(faster) = faster.take() {
                let meta = json!({"n": 10, "device": "phone"});
                faster.update(id, "room", "ann", meta).expect("updated");
            }
            count(meta)
        })
        .expect("updated");
    assert_ne!(old, new);
    let ann = presence.get_by_key("room", "ann").await.expect("present");
    let meta: Value = ann.metas()[0].parse().expect("an object");
    assert_eq!((&meta["n"], &meta["device"]), (&json!(11), &json!("phone")));
    let shape = presence.update_with(id, "room", "ann", |number: u64| number);
    assert!(matches!(shape, Err(TrackError::Meta(_))));
    assert_eq!(state(&presence, "room"), json!({"ann": {"metas": [meta]}}));
}

#[tokio::test(start_paused = true)]
async fn untracking_takes_away_one_key_or_all() {
    let (_, presence, _) = start();
    let (one, other) = (SubscriberId::new(), SubscriberId::new());
    for (topic, id, key) in [
        ("room", one, "ann"),
        ("room", one, "ben"),
        ("hall", one, "ann"),
        ("room", other, "ann"),
    ] {
        presence
            .track_as(id, topic, key, json!({}))
            .expect("tracked");
    }
    assert!(presence.untrack(one, "room", "ben"));
    assert!(!presence.untrack(one, "room", "ben"));
    assert_eq!(presence.untrack_all(one), 2);
    assert_eq!(presence.untrack_all(one), 0);
    assert!(presence.list("hall").await.is_empty());
    assert_eq!(
        presence
            .list("room")
            .await
            .get("ann")
            .map(|ann| ann.metas().len()),
        Some(1)
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_tracked_ends_with_its_guard_by_a_panic_too() {
    let (_, presence, mut room) = start();
    let mut ann = presence.track("room", "ann", json!({})).expect("tracked");
    let before = ann.phx_ref();
    assert_ne!(ann.update(json!({})).expect("updated"), before);
    let task = tokio::spawn({
        let guard = presence.track("room", "ben", json!({})).expect("tracked");
        async move {
            wait(50).await;
            panic!("{} goes down", guard.key());
        }
    });
    wait(20).await;
    assert_eq!(keys(&told(&mut room)[0]["joins"]), ["ann", "ben"]);
    task.await.expect_err("it panics");
    drop(ann);
    wait(20).await;
    assert_eq!(keys(&told(&mut room)[0]["leaves"]), ["ann", "ben"]);
    assert!(presence.list("room").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_guard_may_end_on_any_thread() {
    let (_, presence, mut room) = start();
    let guard = presence.track("room", "ann", json!({})).expect("tracked");
    wait(20).await;
    told(&mut room);
    std::thread::spawn(move || drop(guard))
        .join()
        .expect("no panic");
    wait(20).await;
    assert_eq!(keys(&told(&mut room)[0]["leaves"]), ["ann"]);
}

#[tokio::test(start_paused = true)]
async fn keys_that_break_clients_are_refused() {
    let (_, presence, _) = start();
    for key in [
        "__proto__",
        "constructor",
        "prototype",
        "toString",
        "hasOwnProperty",
    ] {
        let refused = presence.track("room", key, json!({})).expect_err("refused");
        let expected = format!("the key `{key}` would break JavaScript clients");
        assert!(refused.to_string().starts_with(&expected), "{refused}");
    }
    let long = "k".repeat(MAX_KEY + 1);
    assert!(matches!(
        presence.track("room", &long, json!({})),
        Err(TrackError::KeyTooLong)
    ));
    // Neither too long, nor what objects have; and an empty one is a key like others.
    for key in [&long[1..], "user:constructor", ""] {
        let tracked = presence.track("room", key, json!({})).expect("tracked");
        assert_eq!(
            presence
                .list("room")
                .await
                .iter()
                .map(|(key, _)| key)
                .collect::<Vec<_>>(),
            [tracked.key()]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_meta_is_an_object_of_limited_size() {
    let (_, presence, _) = start();
    for meta in [json!([]), json!("text"), json!(7), json!(null)] {
        assert!(matches!(
            presence.track("room", "ann", meta),
            Err(TrackError::NotAnObject)
        ));
    }
    let bytes_as_keys = HashMap::from([(vec![1u8], 1)]);
    assert!(matches!(
        presence.track("room", "ann", bytes_as_keys),
        Err(TrackError::Meta(_))
    ));

    let of_size = |size: usize| json!({"a": "x".repeat(size - r#"{"a":""}"#.len())});
    assert!(matches!(
        presence.track("room", "ann", of_size(MAX_META + 1)),
        Err(TrackError::MetaTooLarge)
    ));
    let mut ann = presence
        .track("room", "ann", of_size(MAX_META))
        .expect("not too large");
    assert!(matches!(ann.update(json!(7)), Err(TrackError::NotAnObject)));
    assert_eq!(
        presence
            .list("room")
            .await
            .get("ann")
            .map(|ann| ann.metas().len()),
        Some(1),
        "nothing has changed"
    );
}

#[tokio::test(start_paused = true)]
async fn refs_are_the_librarys_own() {
    let (_, presence, _) = start();
    let forged = json!({"phx_ref": "mine", "phx_ref_prev": 7, "a": "b\"\u{2028}"});
    let ann = presence.track("room", "ann", forged).expect("tracked");
    let expected = json!({"phx_ref": ann.phx_ref().to_string(), "a": "b\"\u{2028}"});
    assert_eq!(
        state(&presence, "room"),
        json!({"ann": {"metas": [expected]}})
    );
}

#[tokio::test(start_paused = true)]
async fn changes_are_gathered_and_of_what_came_and_went_the_leave_is_told() {
    let (_, presence, mut room) = start();
    let guards =
        ["ann", "ben", "cy"].map(|key| presence.track("room", key, json!({})).expect("tracked"));
    let dee = presence.track("room", "dee", json!({})).expect("tracked");
    let metas = json!([{"phx_ref": dee.phx_ref().to_string()}]);
    // Somebody may have seen it.
    assert_eq!(state(&presence, "room")["dee"]["metas"], metas);
    drop(dee);
    wait(9).await;
    assert_eq!(told(&mut room), [] as [Value; 0]);
    wait(2).await;
    let diffs = told(&mut room);
    assert_eq!(diffs.len(), 1);
    assert_eq!(keys(&diffs[0]["joins"]), ["ann", "ben", "cy"]);
    assert_eq!(diffs[0]["leaves"], json!({"dee": {"metas": metas}}));

    drop(guards);
    drop(presence.track("hall", "ann", json!({})));
    wait(60_000).await;
    assert_eq!(keys(&told(&mut room)[0]["leaves"]), ["ann", "ben", "cy"]);
}

#[tokio::test(start_paused = true)]
async fn many_changes_are_told_in_parts() {
    let (_, presence, mut room) = start();
    let id = SubscriberId::new();
    for n in 0..announce::PART + 1 {
        presence
            .track_as(id, "room", &n.to_string(), json!({}))
            .expect("tracked");
    }
    wait(20).await;
    let counts: Vec<usize> = told(&mut room)
        .iter()
        .map(|diff| keys(&diff["joins"]).len())
        .collect();
    assert_eq!(counts, [announce::PART, 1]);
}

#[tokio::test(start_paused = true)]
async fn no_task_runs_without_a_change_and_the_last_change_is_told_without_a_handle() {
    let (pubsub, presence, mut room) = start();
    let idle = pubsub.tasks();
    let guard = presence.track("room", "ann", json!({})).expect("tracked");
    assert_eq!(pubsub.tasks(), idle + 1);
    wait(20).await;
    assert_eq!(pubsub.tasks(), idle);

    let memory = Arc::<Shared>::downgrade(&presence.0);
    drop((presence, guard));
    wait(20).await;
    assert_eq!(told(&mut room).len(), 2);
    assert_eq!(pubsub.tasks(), idle);
    assert!(memory.upgrade().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_diff_that_finds_no_room_is_told_later() {
    let pubsub = PubSub::with_queue(1, 1 << 20);
    let presence = Presence::new(&pubsub);
    let topics = ["a", "b", "c"];
    let mut rooms = topics.map(|topic| pubsub.subscribe(topic));
    let guards = topics.map(|topic| presence.track(topic, "ann", json!({})).expect("tracked"));
    wait(15).await;
    let first: Vec<usize> = rooms.iter_mut().map(|room| told(room).len()).collect();
    assert_eq!(first, [1, 0, 0]);
    // One that was not told of leaves.
    let [_a, _b, c] = guards;
    drop(c);
    wait(100).await;
    let [a, b, c] = rooms.each_mut().map(told);
    assert!(a.is_empty());
    assert_eq!((b.len(), keys(&b[0]["joins"])), (1, vec!["ann"]));
    assert_eq!(
        (c.len(), keys(&c[0]["joins"]), keys(&c[0]["leaves"])),
        (1, vec![], vec!["ann"])
    );
}

#[tokio::test(start_paused = true)]
async fn what_changes_while_a_diff_finds_no_room_is_the_last_word() {
    let pubsub = PubSub::with_queue(1, 1 << 20);
    let (_a, mut b) = (pubsub.subscribe("a"), pubsub.subscribe("b"));
    let guard = Arc::new(Mutex::new(None));
    let presence = Presence::with(
        &pubsub,
        Options::new().fetch({
            let guard = guard.clone();
            // The function may use the handle.
            move |topic: &str, _: &mut Presences| {
                drop((topic == "b").then(|| guard.lock().expect("no panic").take()))
            }
        }),
    );
    let _ann = presence.track("a", "ann", json!({})).expect("tracked");
    let ben = presence.track("b", "ben", json!({})).expect("tracked");
    *guard.lock().expect("no panic") = Some(ben);
    wait(100).await;
    let diffs = told(&mut b);
    let last = diffs.last().expect("a diff");
    assert_eq!(
        (keys(&last["joins"]), keys(&last["leaves"])),
        (vec![], vec!["ben"])
    );
}

#[tokio::test(start_paused = true)]
async fn too_many_changes_that_find_no_room_are_dropped() {
    let pubsub = PubSub::with_queue(1, 1 << 20);
    let (presence, mut room) = (Presence::new(&pubsub), pubsub.subscribe("room"));
    let id = SubscriberId::new();
    for n in 0..announce::PART + announce::BACKLOG + 1 {
        presence
            .track_as(id, "room", &n.to_string(), json!({}))
            .expect("tracked");
    }
    wait(1_000).await;
    assert_eq!(told(&mut room).len(), 1);
    let _ann = presence.track("room", "ann", json!({})).expect("tracked");
    wait(1_000).await;
    let diffs = told(&mut room);
    assert_eq!((diffs.len(), keys(&diffs[0]["joins"])), (1, vec!["ann"]));
}

#[tokio::test(start_paused = true)]
async fn closed_topics_wait_for_nothing() {
    let (pubsub, presence, _room) = start();
    let _ann = presence.track("room", "ann", json!({})).expect("tracked");
    let started = tokio::time::Instant::now();
    pubsub.close().await;
    assert_eq!(started.elapsed(), std::time::Duration::ZERO);
    // It goes on to know who is there.
    let _ben = presence.track("room", "ben", json!({})).expect("tracked");
    assert_eq!(presence.list("room").await.len(), 2);
    wait(20).await;
    assert_eq!(pubsub.tasks(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_function_adds_fields_to_lists_and_diffs() {
    let calls = Arc::new(AtomicUsize::new(0));
    let pubsub = PubSub::new();
    let mut room = pubsub.subscribe("room");
    let presence = Presence::with(
        &pubsub,
        Options::new().fetch({
            let calls = calls.clone();
            move |topic: &str, presences: &mut Presences| {
                calls.fetch_add(1, Ordering::Relaxed);
                for (key, present) in presences.iter_mut() {
                    present.insert(
                        "name",
                        format!("{key} of {topic} ({})", present.metas().len()),
                    );
                }
            }
        }),
    );
    let ann = presence.track("room", "ann", json!({})).expect("tracked");
    let expected = json!({"ann": {
        "metas": [{"phx_ref": ann.phx_ref().to_string()}],
        "name": "ann of room (1)",
    }});
    assert_eq!(state(&presence, "room"), expected);
    wait(20).await;
    assert_eq!(told(&mut room), [json!({"joins": expected, "leaves": {}})]);
    drop(ann);
    wait(20).await;
    assert_eq!(told(&mut room), [json!({"joins": {}, "leaves": expected})]);
    // Not for what is empty, nor for topics that nobody hears.
    assert!(presence.list("room").await.is_empty());
    let _far = presence.track("far", "ann", json!({})).expect("tracked");
    wait(20).await;
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}

#[tokio::test(start_paused = true)]
async fn a_function_that_panics_costs_its_fields_only() {
    let pubsub = PubSub::new();
    let mut room = pubsub.subscribe("room");
    let presence = Presence::with(
        &pubsub,
        Options::new().fetch(|_: &str, presences: &mut Presences| {
            for (key, present) in presences.iter_mut() {
                present.insert("name", key);
                if key == "ben" {
                    present.insert("metas", json!([]));
                }
            }
        }),
    );
    let ann = presence.track("room", "ann", json!({})).expect("tracked");
    let ben = presence.track("room", "ben", json!({})).expect("tracked");
    let metas = |tracked: &Tracked| json!({"metas": [{"phx_ref": tracked.phx_ref().to_string()}]});
    let both = json!({"ann": metas(&ann), "ben": metas(&ben)});
    assert_eq!(state(&presence, "room"), both);
    wait(20).await;
    assert_eq!(told(&mut room), [json!({"joins": both, "leaves": {}})]);
    assert_eq!(
        presence
            .get_by_key("room", "ann")
            .await
            .and_then(|ann| ann.field("name").cloned()),
        Some("ann".into())
    );
}
