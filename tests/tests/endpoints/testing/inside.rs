//! An endpoint that lives inside axum.

use axum::{Router, routing::get};
use landfall::{endpoint::EndpointService, testing};
use serde_json::{Value, json};

use crate::testing::chat::Chat;

fn outer(chat: EndpointService) -> Router {
    Router::new()
        .route("/around", get(|| async { "axum" }))
        .nest_service("/rt", chat)
}

#[tokio::test(start_paused = true)]
async fn both_are_there() {
    let site = testing::start::<Chat>().inside(outer).await;
    assert_eq!(site.get("/around").await.text(), "axum");
    assert_eq!(site.get("/rt/method").await.parse::<String>(), "GET");
    assert_eq!(site.get("/method").await.status(), 404);
    for connect in [
        site.connect("/rt/socket"),
        site.connect("/rt/socket").longpoll(),
    ] {
        let connect = connect
            .peer(([198, 51, 100, 1], 5000))
            .param("token", "ann");
        let mut room = connect
            .await
            .expect("a connection")
            .join("room:1", json!({}))
            .await
            .expect("joined");
        assert_eq!(room.joined().ok::<Value>()["peer"], "198.51.100.1:5000");
        site.broadcast("room:1", "news", json!({})).expect("room");
        room.expect("news").await;
    }
    site.shutdown().await.expect("a clean end");
    assert_eq!(site.stats().tasks, 0);
}
