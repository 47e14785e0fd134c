//! Who is there: names, heartbeats, and nodes that come and go.

use std::time::Duration;

use landfall::{
    Endpoint,
    config::Setting,
    pubsub::{
        NodeEvent, NodeEvents,
        adapter::{Adapter, InProcess},
    },
};
use tokio::time::{Instant, sleep};

use crate::{
    mortal::Mortal,
    site::{Web, node},
};

/// Starts a node with a name.
async fn named(
    adapter: impl Adapter,
    name: &str,
) -> Result<landfall::Running<Web>, landfall::Error> {
    let builder = Web::builder().adapter(adapter);
    let name = name.to_owned();
    let set =
        |settings: &mut landfall::config::Settings| settings.pubsub.node = Setting::given(name);
    builder.settings(set).start().await
}

#[tokio::test(start_paused = true)]
async fn nodes_know_each_other_at_once_and_forget_who_stops() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let one = named(broker.clone(), "one").await?;
    let mut events = one.node_events();
    assert!(one.nodes().is_empty(), "it does not count itself");
    let two = named(broker, "two").await?;
    sleep(Duration::from_millis(100)).await;
    let names = |nodes: Vec<landfall::pubsub::NodeInfo>| -> Vec<String> {
        nodes.iter().map(|node| node.name.to_string()).collect()
    };
    assert_eq!(names(one.nodes()), ["two"]);
    assert_eq!(names(two.nodes()), ["one"]);
    assert!(matches!(events.recv().await, Some(NodeEvent::Up(node)) if &*node.name == "two"));
    two.shutdown().await?;
    assert!(matches!(events.recv().await, Some(NodeEvent::Down(node)) if &*node.name == "two"));
    assert!(one.nodes().is_empty());
    one.shutdown().await?;
    assert!(events.recv().await.is_none(), "the endpoint has stopped");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_silent_for_thirty_seconds_is_down() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let (one, _two) = (node(broker.clone()).await?, node(broker.clone()).await?);
    sleep(Duration::from_secs(120)).await;
    assert_eq!(one.nodes().len(), 1, "it beats");
    broker.disconnect().await;
    sleep(Duration::from_secs(25)).await;
    assert_eq!(one.nodes().len(), 1);
    sleep(Duration::from_secs(10)).await;
    assert!(one.nodes().is_empty());
    broker.reconnect().await;
    sleep(Duration::from_millis(100)).await;
    assert_eq!(one.nodes().len(), 1, "it is back at once");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_second_node_of_one_name_does_not_start() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let one = named(broker.clone(), "one").await?;
    let error = named(broker.clone(), "one").await.err();
    let error = error.expect("the name is taken");
    assert!(error.is_broker());
    assert!(
        format!("{error:?}").contains("another node has the name \"one\""),
        "{error:?}"
    );
    one.shutdown().await?;
    named(broker.clone(), "one").await?;
    // Of two that start at once, one does.
    let (first, second) = tokio::join!(named(broker.clone(), "two"), named(broker, "two"));
    assert_eq!(
        [first, second]
            .iter()
            .filter(|started| started.is_ok())
            .count(),
        1
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn without_the_broker_the_start_fails_or_is_alone_as_declared() -> anyhow::Result<()> {
    let broker = InProcess::new();
    broker.disconnect().await;
    assert!(
        node(broker.clone())
            .await
            .is_err_and(|error| error.is_broker())
    );
    let builder = Web::builder().adapter(broker.clone());
    let set = |settings: &mut landfall::config::Settings| {
        settings.pubsub.required = Setting::exact(false)
    };
    let alone = builder.settings(set).start().await?;
    broker.reconnect().await;
    let other = node(broker).await?;
    sleep(Duration::from_secs(3)).await;
    assert_eq!((alone.nodes().len(), other.nodes().len()), (1, 1));
    Ok(())
}

/// The next event, if it is told at once: before the next heartbeat.
async fn at_once(events: &mut NodeEvents) -> NodeEvent {
    let begun = Instant::now();
    let event = events.recv().await.expect("the endpoint runs");
    assert!(begun.elapsed() < Duration::from_millis(500), "{event:?}");
    event
}

#[tokio::test(start_paused = true)]
async fn a_node_that_was_killed_and_starts_again_is_told_at_once() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let one = named(broker.clone(), "one").await?;
    let mut events = one.node_events();
    let killed = Mortal::new(broker.clone());
    let _ghost = named(killed.clone(), "two").await?;
    let NodeEvent::Up(before) = at_once(&mut events).await else {
        panic!("it is up");
    };
    sleep(Duration::from_secs(10)).await;
    killed.kill();
    let again = named(broker, "two").await?;
    assert_eq!(at_once(&mut events).await, NodeEvent::Down(before.clone()));
    let NodeEvent::Up(after) = at_once(&mut events).await else {
        panic!("it is up again");
    };
    assert!(after.name == before.name && after != before);
    assert_eq!(one.nodes(), std::slice::from_ref(&after));
    assert_eq!(again.nodes().len(), 1);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(one.nodes(), [after], "it stays");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_run_of_a_node_has_said_may_come_late() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let killed = Mortal::new(broker.clone());
    let _ghost = named(killed.clone(), "two").await?;
    sleep(Duration::from_secs(1)).await;
    killed.hold();
    sleep(Duration::from_secs(5)).await;
    killed.kill();
    // By the clock of the machine, which is not paused.
    std::thread::sleep(Duration::from_millis(5));
    let one = named(broker.clone(), "one").await?;
    let again = named(broker, "two").await?;
    sleep(Duration::from_millis(100)).await;
    let known = one.nodes();
    assert_eq!(known.len(), 1);
    killed.let_go().await;
    sleep(Duration::from_millis(100)).await;
    assert_eq!(one.nodes(), known, "a late hello hides nobody");
    sleep(Duration::from_secs(60)).await;
    assert_eq!(one.nodes(), known);
    again.shutdown().await?;
    sleep(Duration::from_millis(100)).await;
    assert!(one.nodes().is_empty());
    Ok(())
}
