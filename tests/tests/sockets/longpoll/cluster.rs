//! Nodes of a cluster: a request finds its session from any of them.

use std::time::Duration;

use landfall::pubsub::adapter::InProcess;
use landfall_tests::{longpoll::Poller, wire::Connection};
use tokio::{
    io::DuplexStream,
    time::{Instant, sleep},
};

use super::site::{Harbour, start_node};

const TARGET: &str = "/talk/longpoll";
/// How long a session elsewhere may take to answer.
const PATIENCE: Duration = Duration::from_millis(700);
/// By then nodes know each other.
const ACQUAINTED: Duration = Duration::from_secs(6);

async fn nodes() -> (InProcess, Harbour, Harbour) {
    let broker = InProcess::new();
    let here = start_node(broker.clone()).await;
    let there = start_node(broker.clone()).await;
    (broker, here, there)
}

/// A client that opened its session here and goes on there.
async fn moved(here: &Harbour, there: &Harbour, target: &str) -> Poller<DuplexStream> {
    here.open(target)
        .await
        .beside(Connection::through(&there.network).await)
}

#[tokio::test(start_paused = true)]
async fn requests_go_to_any_node_in_turn() {
    let (broker, here, there) = nodes().await;
    let mut client = here.open(TARGET).await;
    let subscriptions = broker.subscriptions();
    for round in 0..20 {
        let node = if round % 3 == 0 { &here } else { &there };
        let mut posts = client.beside(Connection::through(&node.network).await);
        assert_eq!(posts.say(&format!("say {round}")).await, 200);
        let node = if round % 2 == 0 { &here } else { &there };
        let mut polls = client.beside(Connection::through(&node.network).await);
        assert_eq!(polls.poll().await.messages, [round.to_string()]);
        client.token = polls.token;
    }
    let connections = |harbour: &Harbour| harbour.site.stats().connections;
    assert_eq!((connections(&here), connections(&there)), (1, 0));
    // Sessions are reached by their node's own channel.
    let _more = (here.open(TARGET).await, here.open(TARGET).await);
    assert_eq!(broker.subscriptions(), subscriptions);
    here.stop().await;
    there.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_session_serves_polls_of_other_nodes_at_once() {
    let (_broker, here, there) = nodes().await;
    let mut client = moved(&here, &there, TARGET).await;
    client.begin().await;
    assert!(client.waits(Duration::from_millis(500)).await);
    let mut beside = client.beside(Connection::through(&here.network).await);
    assert_eq!(beside.say("say now").await, 200);
    assert_eq!(client.answer().await.messages, ["now"]);
}

#[tokio::test(start_paused = true)]
async fn large_messages_go_both_ways() {
    let (_broker, here, there) = nodes().await;
    let mut client = moved(&here, &there, "/wide/longpoll").await;
    let large = "\"".repeat(3 << 20);
    assert_eq!(client.say(&format!("say {large}")).await, 200);
    let answer = client.poll().await;
    assert_eq!(answer.messages.len(), 1);
    assert!(
        answer.messages[0] == large,
        "{} bytes",
        answer.messages[0].len()
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_that_has_stopped_costs_no_time() {
    let (_broker, here, there) = nodes().await;
    sleep(ACQUAINTED).await;
    let mut client = moved(&here, &there, TARGET).await;
    here.stop().await;
    sleep(Duration::from_millis(1)).await;
    let began = Instant::now();
    assert_eq!(client.say("say anything").await, 410);
    assert_eq!(client.poll().await.status, 410);
    assert!(began.elapsed().is_zero(), "{:?}", began.elapsed());
    assert_eq!(there.site.stats().connections, 1, "a new session");
}

/// Until it is known to be down, a node may be there.
#[tokio::test(start_paused = true)]
async fn a_node_that_was_never_heard_is_waited_for() {
    let (_, here, there) = nodes().await;
    let client = moved(&here, &there, TARGET).await;
    here.stop().await;
    let late = start_node(InProcess::new()).await;
    let mut client = client.beside(Connection::through(&late.network).await);
    let began = Instant::now();
    assert_eq!(client.say("say anything").await, 410);
    assert_eq!(began.elapsed(), PATIENCE);
}

#[tokio::test(start_paused = true)]
async fn without_the_broker_a_session_elsewhere_is_gone_at_once() {
    let (broker, here, there) = nodes().await;
    let mut client = moved(&here, &there, TARGET).await;
    broker.disconnect().await;
    sleep(Duration::from_millis(10)).await;
    let began = Instant::now();
    assert_eq!(client.say("say anything").await, 410);
    assert!(began.elapsed().is_zero(), "{:?}", began.elapsed());
    let mut here = client.beside(Connection::through(&here.network).await);
    assert_eq!(here.say("say hello").await, 200);
    assert_eq!(here.poll().await.messages, ["hello"]);
}
