//! The crate phoenix-chan against the quay. Its port is the argument.

use std::{env, time::Duration};

use phoenix_chan::{
    Client, Message,
    serde_json::{Value, json},
};
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(20);

async fn connect(port: &str) -> Client {
    let uri = format!("ws://127.0.0.1:{port}/socket/websocket").parse().expect("an address");
    let builder = Client::builder(uri).expect("a client").heartbeat(Duration::from_millis(50));
    timeout(PATIENCE, builder.connect()).await.expect("a connection in time").expect("a connection")
}

/// The next message but for answers to heartbeats.
async fn hear(client: &Client) -> Message<Value> {
    loop {
        let heard = timeout(PATIENCE, client.recv()).await.expect("a message in time").expect("a message");
        if heard.topic_name != "phoenix" {
            return heard;
        }
        assert_eq!(heard.payload, json!({"status": "ok", "response": {}}));
    }
}

async fn expect(client: &Client, event: &str, payload: Value) {
    let heard = hear(client).await;
    assert_eq!((&*heard.event_name, heard.payload), (event, payload));
}

/// Asks, and the answer has to be this one.
async fn ask(client: &Client, topic: &str, event: &str, payload: Value, status: &str, response: Value) {
    let id = client.send(topic, event, payload).await.expect("the message leaves");
    answered(client, &id.to_string(), status, response).await;
}

async fn answered(client: &Client, id: &str, status: &str, response: Value) {
    let heard = hear(client).await;
    assert_eq!(heard.message_reference.as_deref(), Some(id), "{heard:?}");
    assert_eq!(
        (&*heard.event_name, heard.payload),
        ("phx_reply", json!({"status": status, "response": response}))
    );
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let port = env::args().nth(1).expect("a port");
    let (ann, bob) = (connect(&port).await, connect(&port).await);
    let room = "room:quay";
    for client in [&ann, &bob] {
        let wish = json!({"hello": "quay"});
        let id = client.join_with_payload(room, &wish).await.expect("the join leaves");
        answered(client, &id.to_string(), "ok", json!({"room": "quay", "wish": wish})).await;
    }

    let text = json!({"text": "žluťoučký kůň 🐎"});
    ask(&ann, room, "echo", text.clone(), "ok", text.clone()).await;
    ask(&ann, room, "refuse", text.clone(), "error", text).await;
    ask(&ann, room, "nonsense", json!({}), "error", json!({"reason": "unknown event"})).await;
    for number in 0..200 {
        ask(&ann, room, "echo", json!({"n": number}), "ok", json!({"n": number})).await;
    }
    ann.send(room, "push", json!({"n": 1})).await.expect("the message leaves");
    expect(&ann, "pushed", json!({"n": 1})).await;

    let id = ann.send(room, "shout", json!({"n": 2})).await.expect("the message leaves");
    expect(&ann, "shouted", json!({"n": 2})).await;
    answered(&ann, &id.to_string(), "ok", json!({})).await;
    ask(&ann, room, "tell", json!({"n": 3}), "ok", json!({})).await;
    expect(&bob, "shouted", json!({"n": 2})).await;
    expect(&bob, "told", json!({"n": 3})).await;

    let id = bob.join("room:closed").await.expect("the join leaves");
    answered(&bob, &id.to_string(), "error", json!({"reason": "unauthorized"})).await;

    // Heartbeats come and go meanwhile.
    sleep(Duration::from_millis(300)).await;
    let id = ann.leave(room).await.expect("the leave leaves");
    answered(&ann, &id.to_string(), "ok", json!({})).await;
    expect(&ann, "phx_close", json!({})).await;
    bob.send(room, "panic", json!({})).await.expect("the message leaves");
    expect(&bob, "phx_error", json!({"reason": "channel_crash"})).await;
    println!("all well");
}
