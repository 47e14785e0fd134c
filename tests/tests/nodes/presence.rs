//! Who is there, on each node of a cluster.

use std::time::Duration;

use landfall::{
    Endpoint, Running,
    presence::{Options, Presences, Tracked},
    pubsub::{Subscription, adapter::InProcess},
};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::site::{Web, node};

const ROOM: &str = "room:1";

async fn nodes<const N: usize>(broker: &InProcess) -> anyhow::Result<[Running<Web>; N]> {
    let mut nodes = Vec::new();
    for _ in 0..N {
        nodes.push(node(broker.clone()).await?);
    }
    // They have heard of each other.
    sleep(Duration::from_secs(2)).await;
    nodes
        .try_into()
        .map_err(|_| anyhow::anyhow!("not that many"))
}

fn track(node: &Running<Web>, key: &str) -> anyhow::Result<Tracked> {
    Ok(node.presence().track(ROOM, key, json!({}))?)
}

async fn keys(node: &Running<Web>) -> Vec<String> {
    let list = node.presence().list(ROOM).await;
    list.iter().map(|(key, _)| key.to_owned()).collect()
}

/// What the next diff says: keys that join, and those that leave.
async fn diff(room: &mut Subscription) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    loop {
        let Ok(broadcast) = room.recv().await else {
            continue; // A gap: diffs have none.
        };
        let diff: Value = broadcast.parse()?;
        let keys = |of: &str| {
            let keys = diff[of]
                .as_object()
                .map(|keys| keys.keys().cloned().collect());
            keys.unwrap_or_default()
        };
        return Ok((keys("joins"), keys("leaves")));
    }
}

fn one(key: &str) -> Vec<String> {
    vec![key.to_owned()]
}

#[tokio::test(start_paused = true)]
async fn endpoints_show_each_others_presences_and_each_tells_its_own_clients() -> anyhow::Result<()>
{
    let broker = InProcess::new();
    let [here, there] = nodes(&broker).await?;
    let (mut near, mut far) = (here.subscribe(ROOM), there.subscribe(ROOM));
    let ann = track(&here, "ann")?;
    for room in [&mut near, &mut far] {
        assert_eq!(diff(room).await?, (one("ann"), vec![]));
    }
    assert_eq!(keys(&there).await, ["ann"]);
    drop(ann);
    for room in [&mut near, &mut far] {
        assert_eq!(diff(room).await?, (vec![], one("ann")));
    }
    sleep(Duration::from_secs(1)).await;
    assert!(
        near.try_recv().is_none() && far.try_recv().is_none(),
        "once"
    );
    here.shutdown().await?;
    there.shutdown().await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_late_joiner_knows_all_and_who_stops_takes_its_own_along() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let [one_node, other] = nodes(&broker).await?;
    let (_ann, _ben) = (track(&one_node, "ann")?, track(&other, "ben")?);
    let [late] = nodes(&broker).await?;
    assert_eq!(keys(&late).await, ["ann", "ben"]);
    let _cy = track(&late, "cy")?;
    sleep(Duration::from_millis(50)).await;
    assert_eq!(keys(&one_node).await, ["ann", "ben", "cy"]);

    let mut room = late.subscribe(ROOM);
    other.shutdown().await?;
    assert_eq!(diff(&mut room).await?, (vec![], one("ben")));
    assert_eq!(keys(&one_node).await, ["ann", "cy"]);
    one_node.shutdown().await?;
    late.shutdown().await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_happens_while_the_broker_is_away_is_known_after_it() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let [here, there] = nodes(&broker).await?;
    let (ann, _ben) = (track(&here, "ann")?, track(&there, "ben")?);
    sleep(Duration::from_millis(50)).await;
    broker.disconnect().await;
    drop(ann);
    let _cy = track(&here, "cy")?;
    sleep(Duration::from_secs(10)).await;
    assert_eq!(keys(&there).await, ["ann", "ben"], "not known yet");
    broker.reconnect().await;
    sleep(Duration::from_secs(3)).await;
    for node in [&here, &there] {
        assert_eq!(keys(node).await, ["ben", "cy"]);
    }

    // After half a minute each is alone, until they hear each other again.
    let mut room = there.subscribe(ROOM);
    broker.disconnect().await;
    assert_eq!(diff(&mut room).await?, (vec![], one("cy")));
    assert_eq!(keys(&here).await, ["cy"]);
    broker.reconnect().await;
    assert_eq!(diff(&mut room).await?, (one("cy"), vec![]));
    here.shutdown().await?;
    there.shutdown().await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn each_node_fetches_what_belongs_to_all() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let start = |site: &'static str| {
        let names = move |_: &str, presences: &mut Presences| {
            for (key, present) in presences.iter_mut() {
                present.insert("seen by", format!("{site}: {key}"));
            }
        };
        let options = Options::new().fetch(names);
        Web::builder()
            .adapter(broker.clone())
            .presence_with(options)
            .start()
    };
    let (here, there) = (start("here").await?, start("there").await?);
    let mut room = there.subscribe(ROOM);
    let _ann = track(&here, "ann")?;
    let told: Value = room.recv().await?.parse()?;
    assert_eq!(told["joins"]["ann"]["seen by"], "there: ann");
    let ann = here.presence().get_by_key(ROOM, "ann").await;
    let seen = ann.and_then(|ann| ann.field("seen by").cloned());
    assert_eq!(seen, Some("here: ann".into()));
    here.shutdown().await?;
    there.shutdown().await?;
    Ok(())
}
