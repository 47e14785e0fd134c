//! Guarantees for transports whose clients fetch their messages, and may lose an answer.

use landfall::{
    Running,
    prelude::*,
    transport::{Driver, Replay},
};
use tokio::time::{Instant, sleep, timeout};

use crate::transport::{
    held::{Held, open, start, stopped},
    site::{SECOND, Site, Tide},
};

/// A connection whose client has acknowledged what `init` sent.
async fn open_replay(site: &Running<Site>, mount: &str) -> (Driver<Tide>, Replay) {
    let Held {
        driver, outgoing, ..
    } = open(site, mount).await;
    (driver, outgoing.into_replay())
}

async fn deliver(driver: &mut Driver<Tide>, text: &str) {
    assert_eq!(driver.deliver(text.into()).await, Flow::Continue, "{text}");
}

/// The next messages for a client that has everything up to a number; `None` after the end.
async fn given(replay: &Replay, number: u64) -> Option<(Vec<String>, u64)> {
    let piece = timeout(SECOND, replay.after(number))
        .await
        .expect("there is something, or the end")?;
    let texts = piece
        .messages
        .iter()
        .map(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
    Some((texts.collect(), piece.upto))
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}

#[tokio::test(start_paused = true)]
async fn what_is_not_acknowledged_is_given_again() {
    let site = start().await;
    let (mut driver, replay) = open_replay(&site, "tide").await;
    deliver(&mut driver, "one").await;
    deliver(&mut driver, "two").await;
    for _ in 0..2 {
        assert_eq!(
            given(&replay, 1).await,
            Some((texts(["in one", "in two"]), 3))
        );
    }
    replay.acknowledge(2);
    assert_eq!(given(&replay, 1).await, Some((texts(["in two"]), 3)));
    assert!(
        timeout(SECOND, replay.after(3)).await.is_err(),
        "there is no more"
    );

    // A message that arrives wakes the call that waits.
    let (more, ()) = tokio::join!(given(&replay, 3), async {
        site.broadcast("news", "news", "three").unwrap();
    });
    assert_eq!(more, Some((texts(["three"]), 4)));
    replay.acknowledge(4);
    driver.terminate(Reason::Normal);
    assert_eq!(given(&replay, 4).await, None);
}

#[tokio::test(start_paused = true)]
async fn callbacks_wait_until_enough_is_acknowledged() {
    let site = start().await;
    let (mut driver, replay) = open_replay(&site, "closing").await;
    deliver(&mut driver, "big").await;
    // A message that was given to the client still counts until it is acknowledged.
    assert_eq!(given(&replay, 1).await.unwrap().1, 2);
    assert!(
        timeout(SECOND, driver.room()).await.is_err(),
        "more than half of the limit waits"
    );
    let (room, ()) = tokio::join!(driver.room(), async {
        sleep(SECOND).await;
        replay.acknowledge(2);
    });
    assert_eq!(room, Flow::Continue);
    deliver(&mut driver, "one").await;
    assert_eq!(given(&replay, 2).await, Some((texts(["in one"]), 3)));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_left() {
    let site = start().await;
    let (mut driver, replay) = open_replay(&site, "tide").await;
    deliver(&mut driver, "one").await;
    // A sign of life is not an acknowledgement.
    let began = Instant::now();
    while timeout(SECOND, driver.ready()).await.is_err() {
        replay.touch();
    }
    let waited = began.elapsed();
    assert!((29 * SECOND..=32 * SECOND).contains(&waited), "{waited:?}");
    assert_eq!(
        driver.stop_requested().map(stopped),
        Some((1013, Reason::Overflow))
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_said_at_last_can_be_fetched() {
    let site = start().await;
    let (mut driver, replay) = open_replay(&site, "tide").await;
    deliver(&mut driver, "one").await;
    driver.write("farewell");
    let began = Instant::now();
    let fetched = async {
        sleep(3 * SECOND).await;
        assert_eq!(
            given(&replay, 1).await,
            Some((texts(["in one", "farewell"]), 3))
        );
        sleep(2 * SECOND).await;
        replay.acknowledge(3);
    };
    tokio::join!(driver.finish(Reason::Normal, sleep(60 * SECOND)), fetched);
    assert_eq!(
        began.elapsed().as_secs(),
        5,
        "it waits for no longer than it has to"
    );
    assert_eq!(given(&replay, 3).await, None);
    assert_eq!(site.stats().connections, 0);
}

#[tokio::test(start_paused = true)]
async fn but_not_for_ever() {
    let site = start().await;
    let (mut driver, replay) = open_replay(&site, "tide").await;
    deliver(&mut driver, "one").await;
    let began = Instant::now();
    driver.finish(Reason::Normal, sleep(7 * SECOND)).await;
    assert_eq!(began.elapsed().as_secs(), 7);
    assert_eq!(given(&replay, 0).await, None, "nothing is kept");
}

/// A connection with messages that are not fetched in time is cut off, and is counted once.
#[tokio::test(start_paused = true)]
async fn the_endpoint_does_not_wait_for_those_who_fetch_nothing() {
    let site = start().await;
    let (mut driver, replay) = open_replay(&site, "tide").await;
    deliver(&mut driver, "one").await;
    driver.spawn(|mut driver| async move {
        driver.ready().await;
        let (_, reason) = stopped(driver.stop_requested().unwrap());
        driver.finish(reason, std::future::pending()).await;
    });
    assert!(!replay.is_draining());
    let error = site.shutdown().await.unwrap_err();
    assert!(error.is_drain(), "{error}");
    assert!(error.to_string().contains('1'), "{error}");
    assert!(replay.is_draining());
    assert_eq!(given(&replay, 0).await, None);
    assert_eq!((site.stats().connections, site.stats().tasks), (0, 0));
}
