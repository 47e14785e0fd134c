//! A client that sends, and never reads the answers, with a paused clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use landfall::{
    Handle, Message, endpoint,
    pubsub::PubSub,
    socket,
    socket::{Outbox, Reason, Refused},
    testing::Network,
};
use landfall_tests::{client::Client, wire::Frame};
use tokio::time::sleep;

endpoint! {
    struct Site;

    http(port = 4000);
    server = true;
    state = Answered;
    socket("/loud", Loud);
}

/// Messages that were answered.
#[derive(Clone, Default)]
struct Answered(Arc<AtomicUsize>);

/// Answers every message with a long one, and broadcasts on `ends` why it ended.
struct Loud(PubSub);

#[socket]
impl Loud {
    async fn connect(handle: Handle) -> Result<Self, Refused> {
        Ok(Loud(handle.pubsub().clone()))
    }

    async fn handle_in(&mut self, _: Message, out: &mut Outbox, #[state] answered: Answered) {
        answered.0.fetch_add(1, Ordering::Relaxed);
        out.push("x".repeat(100_000));
    }

    fn terminate(self, reason: Reason) {
        let _ = self.0.broadcast("ends", "end", format!("{reason:?}"));
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_answered_as_far_as_it_may_wait_and_ended_when_it_takes_nothing() {
    let (network, listener) = Network::new();
    let site = Site::builder(Answered::default())
        .listener(listener)
        .start()
        .await
        .expect("the site starts");
    let mut ends = site.subscribe("ends");
    let mut client = Client::through(&network, "/loud/websocket").await;

    client.send_all(&vec![Frame::text("more"); 100]).await;
    sleep(Duration::from_secs(20)).await;
    let answered = site.state().0.load(Ordering::Relaxed);
    assert!(
        (1..12).contains(&answered),
        "callbacks wait for the client: {answered} were called"
    );
    assert_eq!(site.stats().connections, 1, "it may still begin to read");

    sleep(Duration::from_secs(30)).await;
    assert_eq!(site.stats().connections, 0);
    assert_eq!(site.state().0.load(Ordering::Relaxed), answered);
    assert_eq!(
        ends.recv().await.expect("an end").payload().as_text(),
        Some("Overflow")
    );
    drop(client);
    site.shutdown().await.expect("a clean end");
}
