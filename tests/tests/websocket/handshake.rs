//! Who is let in, and what the others are told.

use landfall_tests::{client::Client, wire::Request};

use crate::site;

#[tokio::test]
async fn tokens_of_connection_and_upgrade_have_no_case() {
    let site = site::start().await;
    let request = Request::get("/echo/websocket")
        .header("connection", "keep-alive, UPGRADE")
        .header("upgrade", "WebSocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "x3JJHMbDL1EzLkh9GBhXDw==");
    let client = Client::open_by(site.port, &request).await;
    assert_eq!(client.response.header("sec-websocket-accept"), Some("HSmrc0sMlYUkAGmm5OPpG2HaGWk="));
}

#[tokio::test]
async fn a_version_that_is_not_ours_is_told_which_one_is() {
    let site = site::start().await;
    let mut request = Request::upgrade("/echo/websocket");
    request.headers.retain(|(name, _)| name != "sec-websocket-version");
    let refused = Client::refused(site.port, &request.header("sec-websocket-version", "14")).await;
    assert_eq!((refused.status, refused.header("sec-websocket-version")), (400, Some("13")));
}

#[tokio::test]
async fn the_servers_preference_decides_about_the_subprotocol() {
    let site = site::start().await;
    let request = Request::upgrade("/spoken/websocket").header("sec-websocket-protocol", "v1, v2");
    let client = Client::open_by(site.port, &request).await;
    assert_eq!(client.response.header("sec-websocket-protocol"), Some("v2"));
    let request = Request::upgrade("/spoken/websocket").header("sec-websocket-protocol", "v3");
    assert_eq!(Client::refused(site.port, &request).await.status, 403);
}

#[tokio::test]
async fn foreign_origins_are_refused_with_an_empty_body() {
    let site = site::start().await;
    for origin in ["http://evil.example", "null", "http://localhost.evil.example", ""] {
        let refused =
            Client::refused(site.port, &Request::upgrade("/echo/websocket").header("origin", origin)).await;
        assert_eq!((refused.status, refused.body.as_str()), (403, ""), "{origin}");
    }
    Client::open_by(site.port, &Request::upgrade("/echo/websocket").header("origin", "https://localhost:1"))
        .await;
}

#[tokio::test]
async fn path_parameters_that_are_not_utf8_are_refused() {
    let site = site::start().await;
    site.open("/rooms/caf%C3%A9").await;
    assert_eq!(Client::refused(site.port, &Request::upgrade("/rooms/%ff")).await.status, 400);
}

#[tokio::test]
async fn parameters_of_the_wrong_shape_are_the_clients_mistake() {
    let site = site::start().await;
    for target in ["/echo/websocket?id[]=1", "/echo/websocket?id[a]=1", "/echo/websocket?id=%ff"] {
        assert_eq!(Client::refused(site.port, &Request::upgrade(target)).await.status, 400, "{target}");
    }
}
