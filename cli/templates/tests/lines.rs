//! The socket, as its windows see it: in memory, without a port, and without waiting.

use harbour::Edge;

use landfall::testing;

#[tokio::test(start_paused = true)]
async fn what_one_sends_all_get() {
    let site = testing::start::<Edge>().await;
    let mut ann = site.raw("/lines").await.unwrap();
    let mut bob = site.raw("/lines").await.unwrap();
    ann.send("ahoy");
    ann.expect("ahoy").await;
    bob.expect("ahoy").await;
}

#[tokio::test(start_paused = true)]
async fn who_sends_bytes_is_sent_away() {
    let site = testing::start::<Edge>().await;
    let mut ann = site.raw("/lines").await.unwrap();
    ann.send(vec![1, 2, 3]);
    ann.expect_close(1003).await;
}
