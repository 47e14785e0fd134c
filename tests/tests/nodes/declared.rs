//! Endpoints whose declarations have an adapter.

use std::{sync::LazyLock, time::Duration};

use landfall::{
    Endpoint, Running,
    config::Setting,
    endpoint,
    pubsub::{Payload, adapter::InProcess},
};
use tokio::time::timeout;

/// How long a broadcast may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the application brings.
struct App {
    broker: InProcess,
}

endpoint! {
    struct OfTheState;

    state = App;
    pubsub(adapter = |app| app.broker.clone(), name = "declared", node = env("LANDFALL_TEST_NODE").or("one"));
}

static BROKER: LazyLock<InProcess> = LazyLock::new(InProcess::new);

fn broker() -> InProcess {
    BROKER.clone()
}

endpoint! {
    struct OfAFunction;

    pubsub(adapter = broker());
}

/// What one node publishes reaches the other.
async fn expect_delivery<E: Endpoint>(here: &Running<E>, there: &Running<E>) -> anyhow::Result<()> {
    let mut far = there.subscribe("room:1");
    far.confirmed().await?;
    here.broadcast("room:1", "said", Payload::EMPTY)?;
    assert_eq!(timeout(PATIENCE, far.recv()).await??.event(), "said");
    Ok(())
}

#[tokio::test]
async fn a_closure_takes_the_adapter_from_the_state() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let app = || App {
        broker: broker.clone(),
    };
    let here = OfTheState::builder(app()).start().await?;
    let builder = OfTheState::builder(app());
    let there = builder
        .settings(|settings| settings.pubsub.node = Setting::given("two"))
        .start()
        .await?;
    assert_eq!((here.node(), there.node()), (Some("one"), Some("two")));
    expect_delivery(&here, &there).await?;

    // Another broker is another cluster.
    let alone = App {
        broker: InProcess::new(),
    };
    let alone = OfTheState::builder(alone).start().await?;
    assert_eq!(alone.node(), Some("one"));
    assert!(alone.nodes().is_empty());
    for node in [here, there, alone] {
        node.shutdown().await?;
    }
    assert_eq!(broker.subscriptions(), 0);
    Ok(())
}

#[tokio::test]
async fn a_function_makes_one_for_each_start() -> anyhow::Result<()> {
    let (here, there) = (OfAFunction::start().await?, OfAFunction::start().await?);
    expect_delivery(&here, &there).await?;
    expect_delivery(&there, &here).await?;
    here.shutdown().await?;
    there.shutdown().await?;
    Ok(())
}

#[tokio::test]
async fn the_builder_has_the_last_word() -> anyhow::Result<()> {
    let other = InProcess::new();
    let here = OfAFunction::builder()
        .adapter(other.clone())
        .start()
        .await?;
    let mut near = here.subscribe("room:1");
    near.confirmed().await?;
    assert_eq!(other.subscriptions(), 1);
    assert!(near.try_recv().is_none());
    here.shutdown().await?;
    Ok(())
}

#[tokio::test]
async fn a_declared_adapter_beside_a_configured_broker_is_an_error() {
    let builder = OfAFunction::builder();
    let both = builder.settings(|settings| {
        let nats = settings.pubsub.nats.get_or_insert_default();
        nats.url = Setting::given("nats://127.0.0.1:1");
    });
    let error = both.start().await.expect_err("two brokers");
    let told = format!("{error:?}");
    assert!(error.is_broker(), "{told}");
    assert!(
        told.contains("`pubsub` has both `adapter` and `nats`"),
        "{told}"
    );
}
