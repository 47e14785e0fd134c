//! Examples as tests: those whose behaviour is seen without a browser and without their port.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../board.rs"]
#[expect(dead_code, reason = "its `main` is not called")]
mod board;
#[path = "../embedded.rs"]
#[expect(dead_code, reason = "its `main` is not called")]
mod embedded;
#[path = "../load.rs"]
#[expect(dead_code, reason = "its `main` is not called")]
mod load;
#[path = "../msgpack.rs"]
#[expect(dead_code, reason = "its `main` is not called")]
mod msgpack;

use http::StatusCode;
use landfall::{
    Endpoint,
    testing::{self, Client, Raw, Site},
};
use rmpv::Value as Packed;
use serde_json::{Value, json};

/// A site with a database of its own. Time runs in these tests: a database is at work outside of
/// the runtime.
async fn a_board() -> Site<board::Edge> {
    let store = board::store::Store::open(":memory:").unwrap();
    testing::start_with::<board::Edge>(store).await
}

async fn visitor(site: &Site<board::Edge>, name: &str) -> Client {
    let page = site.get(&format!("/?name={name}")).await;
    let (_, token) = page.text().split_once("name=\"token\" content=\"").unwrap();
    let token = token.split('"').next().unwrap();
    let client = site.connect("/socket").param("token", token).await;
    client.unwrap()
}

#[tokio::test]
async fn a_board_keeps_tasks_and_shows_who_is_there() {
    let site = a_board().await;
    let ann = visitor(&site, "ann").await;
    let mut anns = ann.join("board:1", json!({})).await.unwrap();
    assert_eq!(
        anns.expect("tasks").await.parse::<Value>(),
        json!({"tasks": []})
    );

    let id = anns
        .push("add", json!({"title": " sails "}))
        .await
        .ok::<Value>()["id"]
        .clone();
    let task = anns.expect("task").await.parse::<Value>();
    assert_eq!(
        task,
        json!({"id": id, "title": "sails", "by": "ann", "done": false})
    );
    let refused = anns.push("add", json!({"title": " "})).await;
    assert_eq!(
        refused.error::<Value>(),
        json!({"reason": "a title has 1 to 200 characters"})
    );

    let bob = visitor(&site, "bob").await;
    let mut bobs = bob.join("board:1", json!({})).await.unwrap();
    let tasks = bobs.expect("tasks").await.parse::<Value>();
    assert_eq!(tasks["tasks"][0]["title"], "sails");
    let here = bobs.expect("presence_state").await.parse::<Value>();
    assert_eq!(here.as_object().unwrap().len(), 2, "{here}");

    bobs.push("done", json!({"id": id})).await.ok::<Value>();
    assert_eq!(anns.expect("task").await.parse::<Value>()["done"], true);
    let missing = bobs.push("done", json!({"id": 99})).await.error::<Value>();
    assert_eq!(missing, json!({"reason": "there is no such task"}));
}

#[tokio::test]
async fn a_page_adds_tasks_and_strangers_stay_outside() {
    let site = a_board().await;
    let bob = visitor(&site, "bob").await;
    let refused = bob.join("board:2", json!({})).await.unwrap_err();
    assert_eq!(refused.parse::<Value>(), json!({"reason": "unauthorized"}));
    let forged = site.connect("/socket").param("token", "bob").await;
    assert_eq!(forged.unwrap_err().status(), StatusCode::FORBIDDEN);

    let mut bobs = bob.join("board:1", json!({})).await.unwrap();
    let added = site.post("/boards/1/tasks").body("paint").await;
    assert_eq!(added.status(), StatusCode::CREATED);
    let task = bobs.expect("task").await.parse::<Value>();
    assert_eq!(
        (&task["title"], &task["by"]),
        (&json!("paint"), &json!("curl"))
    );
    let empty = site.post("/boards/1/tasks").body("  ").await;
    assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(start_paused = true)]
async fn embedded_files_are_served_with_their_hash() {
    let site = testing::start::<embedded::Web>().await;
    assert!(site.get("/").await.text().contains("phoenix.js"));
    let script = site.get("/app.js").await;
    assert_eq!(script.text(), include_str!("../chat/app.js"));
    let etag = script.header("etag").unwrap();
    let again = site.get("/app.js").header("if-none-match", etag).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(
        site.get("/index.html").await.status(),
        StatusCode::NOT_FOUND
    );
}

/// Sends an array in MessagePack, and reads the next one.
async fn exchange(socket: &mut Raw, message: Packed) -> Packed {
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, &message).unwrap();
    socket.send(bytes);
    receive(socket).await
}

async fn receive(socket: &mut Raw) -> Packed {
    let message = socket.recv().await;
    rmpv::decode::read_value(&mut message.as_bytes()).unwrap()
}

fn packed(message: Value) -> Packed {
    serde_json::from_value(message).unwrap()
}

/// A message without bytes, as JSON: its maps have no order.
fn plain(message: &Packed) -> Value {
    serde_json::to_value(message).unwrap()
}

#[tokio::test(start_paused = true)]
async fn channels_speak_message_pack_and_json_on_one_socket() {
    let site = testing::start::<msgpack::Edge>().await;
    let json = site.connect("/socket").await.unwrap();
    let mut jsons = json.join("room:1", json!({})).await.unwrap();

    let mut socket = site.raw("/socket").param("vsn", "3.0.0").await.unwrap();
    let join = packed(json!(["1", "1", "room:1", "phx_join", {}]));
    let joined = exchange(&mut socket, join).await;
    let expected = json!(["1", "1", "room:1", "phx_reply", {"status": "ok", "response": {}}]);
    assert_eq!(plain(&joined), expected);

    let say = packed(json!(["1", "2", "room:1", "say", {"text": "ahoy"}]));
    let said = exchange(&mut socket, say).await;
    let expected = json!([null, null, "room:1", "said", {"text": "ahoy"}]);
    let reply = receive(&mut socket).await;
    assert!(
        [&said, &reply].map(plain).contains(&expected),
        "{said} {reply}"
    );
    assert_eq!(
        jsons.expect("said").await.parse::<Value>(),
        json!({"text": "ahoy"})
    );

    let bytes = Packed::Binary(vec![0, 255, 7]);
    let draw = ["1", "3", "room:1", "draw"].map(Packed::from);
    let draw = Packed::Array([&draw[..], std::slice::from_ref(&bytes)].concat());
    let drawn = exchange(&mut socket, draw).await;
    assert_eq!((&drawn[3], &drawn[4]), (&"drawn".into(), &bytes));
    assert_eq!(jsons.expect("drawn").await.bytes(), &[0, 255, 7][..]);

    socket.send("[]");
    socket.closed().await;
}

#[tokio::test]
async fn a_load_test_loses_nothing() {
    let edge = load::Edge::start().await.unwrap();
    let url = format!("{}/socket/websocket", edge.url().replace("http", "ws"));
    let report = load::load(&url, 20, 5).await.unwrap();
    assert_eq!((report.deliveries.len(), report.expected), (100, 100));
    edge.shutdown().await.unwrap();
}
