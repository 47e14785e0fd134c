//! A panic in a callback ends its own connection, and no other.

use landfall::socket::Reason;
use landfall_tests::{
    client::Client,
    wire::{Frame, Request},
};

use crate::websocket::site;

/// Runs `act` beside a neighbour that must not notice it.
async fn with_a_neighbour(at: &str, act: impl AsyncFnOnce(&site::Started, &str)) {
    let site = site::start().await;
    let mut neighbour = site.open("/echo/websocket").await;
    let target = format!(
        "/fragile/websocket?at={}&id={}",
        at.replace(' ', "+"),
        at.replace(' ', "-")
    );
    act(&site, &target).await;
    neighbour.text("all well").await;
    assert_eq!(neighbour.hear_text().await, "all well");
    site.open("/fragile/websocket?at=nowhere")
        .await
        .is_quiet()
        .await;
}

#[tokio::test]
async fn in_connect_it_is_a_500() {
    with_a_neighbour("connect", async |site, target| {
        assert_eq!(
            Client::refused(site.port, &Request::upgrade(target))
                .await
                .status,
            500
        );
    })
    .await;
}

#[tokio::test]
async fn in_init_it_is_a_1011() {
    with_a_neighbour("init", async |site, target| {
        assert_eq!(site.open(target).await.hear_close().await, Some(1011));
    })
    .await;
}

#[tokio::test]
async fn in_handle_in_it_is_a_1011() {
    for at in ["handle_in", "handle_in after a wait"] {
        with_a_neighbour(at, async |site, target| {
            let mut told = site.witness(&at.replace(' ', "-"));
            let mut client = site.open(target).await;
            client.text("now").await;
            assert_eq!(client.hear_close_at_last().await, Some(1011));
            assert_eq!(told.recv().await, Some(Reason::Crash));
        })
        .await;
    }
}

#[tokio::test]
async fn in_handle_control_it_is_a_1011() {
    with_a_neighbour("handle_control", async |site, target| {
        let mut client = site.open(target).await;
        client.send(Frame::ping(b"now")).await;
        assert_eq!(client.hear_close_at_last().await, Some(1011));
    })
    .await;
}

#[tokio::test]
async fn in_handle_info_it_is_a_1011() {
    with_a_neighbour("handle_info", async |site, target| {
        let mut client = site.open(target).await;
        client.text("now").await;
        assert_eq!(client.hear_text().await, "pushed before");
        assert_eq!(client.hear_close().await, Some(1011));
    })
    .await;
}

#[tokio::test]
async fn in_terminate_the_client_does_not_notice() {
    with_a_neighbour("terminate", async |site, target| {
        let mut told = site.witness("terminate");
        let mut client = site.open(target).await;
        client.send(Frame::close(1000, b"")).await;
        assert_eq!(client.hear_close().await, Some(1000));
        assert_eq!(
            told.recv().await,
            Some(Reason::Closed {
                code: 1000,
                text: String::new()
            })
        );
    })
    .await;
}
