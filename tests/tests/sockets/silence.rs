//! A client does not count as silent before its timeout, whenever the endpoint sweeps.

use std::time::Duration;

use landfall::{prelude::*, testing};
use tokio::time::{Instant, sleep};

endpoint! {
    struct Quiet;

    socket("/quiet", Echo, websocket(timeout = millis(500)));
    socket("/restless", Restless, websocket(timeout = millis(500)));
    socket("/slow", Slow, websocket(callback_timeout = millis(600)));
}

struct Echo;

#[socket]
impl Echo {
    async fn connect() -> Result<Self, Refused> {
        Ok(Echo)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

/// Runs a callback of 20 ms five times a second.
struct Restless(Mailbox<()>);

#[socket]
impl Restless {
    async fn connect(mailbox: Mailbox<()>) -> Result<Self, Refused> {
        Ok(Restless(mailbox))
    }

    async fn init(&mut self, _: &mut Outbox) {
        let _ = self.0.send(());
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}

    async fn handle_info(&mut self, (): (), _: &mut Outbox) {
        sleep(Duration::from_millis(20)).await;
        let mailbox = self.0.clone();
        tokio::spawn(async move {
            sleep(Duration::from_millis(180)).await;
            let _ = mailbox.send(());
        });
    }
}

/// Takes 400 ms for each message.
struct Slow;

#[socket]
impl Slow {
    async fn connect() -> Result<Self, Refused> {
        Ok(Slow)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        sleep(Duration::from_millis(400)).await;
        out.push(message);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_is_found_silent_although_its_socket_has_things_to_do() {
    let site = testing::start::<Quiet>().await;
    let mut client = site.raw("/restless").await.expect("a connection");
    let opened = Instant::now();
    client.expect_close(1002).await;
    assert!(
        opened.elapsed() < Duration::from_secs(2),
        "{:?}",
        opened.elapsed()
    );
}

/// The time of a callback does not include the callbacks of other messages.
#[tokio::test(start_paused = true)]
async fn each_callback_is_timed_by_itself() {
    let site = testing::start::<Quiet>().await;
    let mut client = site.raw("/slow").await.expect("a connection");
    for text in ["one", "two", "three", "four"] {
        client.send(text);
    }
    for text in ["one", "two", "three", "four"] {
        client.expect(text).await;
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_found_silent_too_early() {
    let site = testing::start::<Quiet>().await;
    for pause in [1, 17, 40, 61, 62, 100, 333, 490] {
        let mut client = site.raw("/quiet").await.expect("a connection");
        sleep(Duration::from_millis(pause)).await;
        client.send("here");
        client.expect("here").await;
        let heard = Instant::now();
        client.expect_close(1002).await;
        let silent = heard.elapsed();
        let (least, most) = (
            Duration::from_millis(500),
            Duration::from_millis(500 + 2 * 63),
        );
        assert!(
            (least..=most).contains(&silent),
            "after {pause} ms: {silent:?}"
        );
    }
}
