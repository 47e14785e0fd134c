//! Clients that are idle for a long time.

use std::time::Duration;

use landfall::testing;
use serde_json::json;
use tokio::time::sleep;

use crate::testing::chat::Chat;

const LONG: Duration = Duration::from_secs(600);

#[tokio::test(start_paused = true)]
async fn clients_stay_connected() {
    let site = testing::start::<Chat>().await;
    for connect in [site.connect("/socket"), site.connect("/socket").longpoll()] {
        let client = connect.param("token", "ann").await.expect("a connection");
        let mut room = client.join("room:1", json!({})).await.expect("joined");
        sleep(LONG).await;
        assert_eq!(room.push("ping", 1).await.ok::<u32>(), 1);
        room.expect_nothing().await;
    }
}

#[tokio::test(start_paused = true)]
async fn pings_are_answered() {
    let site = testing::start::<Chat>().await;
    let mut echo = site.raw("/pinged").await.expect("a connection");
    sleep(LONG).await;
    echo.expect_nothing().await;
    echo.send("still here");
    echo.expect("still here").await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_cut_off() {
    let site = testing::start::<Chat>().await;
    let client = site
        .connect("/socket")
        .param("token", "ann")
        .without_heartbeat()
        .await
        .expect("a connection");
    sleep(LONG).await;
    client.expect_close(1002).await;
}

#[tokio::test(start_paused = true)]
async fn patience_is_the_tests_own() {
    let site = testing::start::<Chat>()
        .patience(Duration::from_millis(1_500))
        .await;
    let client = site
        .connect("/socket")
        .param("token", "ann")
        .await
        .expect("a connection");
    let room = client.join("room:1", json!({})).await.expect("joined");
    room.push("later", json!({}))
        .await
        .ok::<serde_json::Value>();
    let (one, two) = (room.push("later", json!({})), room.push("later", json!({})));
    one.await;
    let began = tokio::time::Instant::now();
    two.await;
    assert_eq!(began.elapsed(), Duration::from_secs(1));
}
