//! A broker that ends subscriptions, though it is there.

use std::time::Duration;

use landfall::pubsub::{PubSub, RecvError, adapter::NodeOptions};
use landfall_tests::broker::Scripted;
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn a_topic_that_the_broker_has_ended_is_asked_for_again_and_has_a_gap() -> anyhow::Result<()>
{
    let broker = Scripted::default();
    let pubsub = PubSub::connect(broker.clone(), NodeOptions::new("chat")).await?;
    let (mut one, mut other) = (pubsub.subscribe("room:1"), pubsub.subscribe("room:2"));
    one.confirmed().await?;
    other.confirmed().await?;
    assert_eq!(broker.asked().len(), 2);

    broker.be_silent(true);
    let ended = ["room:1".into(), "unknown".into()];
    broker.arrivals().unsubscribed(&ended).await;
    sleep(Duration::from_millis(10)).await;
    // Who joins now is not told that the topic stands.
    assert!(one.confirmed().await.is_err());
    assert_eq!(broker.asked()[2..], ended[..1]);
    assert!(one.try_recv().is_none(), "the gap is not over yet");

    broker.arrivals().subscribed(&ended[..1]).await;
    assert_eq!(one.recv().await.err(), Some(RecvError::Gap));
    one.confirmed().await?;
    assert!(other.try_recv().is_none() && one.try_recv().is_none());
    Ok(())
}
