//! A node of Landfall.

use std::convert::Infallible;

use axum::http::{Request, Response};
use landfall::{
    prelude::*,
    pubsub::{Payload, adapter::Redis},
};

use super::node::REDIS;
use crate::{Result, landfall::Fan};

endpoint! {
    struct Node;

    http(ip = [127, 0, 0, 1]);
    pubsub(name = "bench");
    socket("/fan", Fan, websocket(outbox(limit = 64 * 1024 * 1024)));
    socket("/topics/:count", Topics, websocket(outbox(limit = 256 * 1024 * 1024)));
    service(tower::service_fn(answer));
}

/// Serves until it is killed. It has other nodes if the environment names a Redis.
pub(crate) async fn node(port: u16) -> Result<()> {
    let mut builder =
        Node::builder().listener(tokio::net::TcpListener::bind(("127.0.0.1", port)).await?);
    if let Ok(url) = std::env::var(REDIS) {
        builder = builder.adapter(Redis::new(url));
    }
    Ok(builder.start().await?.wait_for_signal().await?)
}

/// Its client gets what is said in many topics.
struct Topics {
    count: usize,
}

#[socket(log = false)]
impl Topics {
    async fn connect(#[param] count: usize) -> std::result::Result<Self, Refused> {
        Ok(Topics { count })
    }

    async fn init(&mut self, out: &mut Outbox) {
        for number in 0..self.count {
            out.forward(&topic(number));
        }
        if out.subscribe("last").await.is_ok() {
            out.push("ready");
        }
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn topic(number: usize) -> String {
    format!("topic:{number}")
}

/// `/COUNT/TOPICS` publishes that many messages, in turn to each topic.
async fn answer(request: Request<Body>) -> std::result::Result<Response<Body>, Infallible> {
    let parts = request.uri().path().split('/');
    let numbers: Vec<usize> = parts.filter_map(|part| part.parse().ok()).collect();
    let handle = request.extensions().get::<Handle>();
    if let (Some(handle), &[count, topics]) = (handle, &numbers[..]) {
        let topics: Vec<String> = (0..topics).map(topic).collect();
        for (number, topic) in topics.iter().cycle().take(count).enumerate() {
            publish(handle, topic).await;
            if number % 256 == 0 {
                tokio::task::yield_now().await;
            }
        }
    }
    Ok(Response::new(Body::from("done")))
}

/// Waits while the queue for the broker is full.
async fn publish(handle: &Handle, topic: &str) {
    let payload = Payload::from("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    while handle.broadcast(topic, "said", payload.clone()).is_err() {
        tokio::task::yield_now().await;
    }
}
