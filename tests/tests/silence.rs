//! A client that was heard is not found silent before its time, wherever the endpoint's sweeps fall.

use std::time::Duration;

use landfall::{prelude::*, testing};
use tokio::time::{Instant, sleep};

endpoint! {
    struct Quiet;

    socket("/quiet", Echo, websocket(timeout = millis(500)));
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
        let (least, most) = (Duration::from_millis(500), Duration::from_millis(500 + 2 * 63));
        assert!((least..=most).contains(&silent), "after {pause} ms: {silent:?}");
    }
}
