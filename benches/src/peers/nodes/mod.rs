//! What several nodes cost that share one Redis, beside one node, and beside socketioxide with its
//! Redis adapter.
//!
//! It needs `redis-server`. socketioxide is measured if it was built:
//! `cargo build --release --manifest-path benches/socketioxide/Cargo.toml`.

mod fan;
mod node;
mod redis;
mod server;
mod topics;

pub(crate) use self::server::node;

use self::{node::Node, redis::Redis};
use crate::{
    Result,
    peers::table::{ROUNDS, medians, row, title},
};

const FAN: [&str; 3] = [
    "us/delivery, alone",
    "us/delivery, from other",
    "us/publication",
];

const TOPICS: [&str; 7] = [
    "1000/s, 1 topic",
    "us/publication",
    "us/arrival",
    "1000/s, 10,000 topics",
    "us/publication",
    "us/arrival",
    "bytes/topic",
];

pub(crate) async fn compare() -> Result<()> {
    title(&FAN);
    let mut seen = [Vec::new(), Vec::new()];
    for round in 1..=ROUNDS {
        for (node, seen) in Node::ALL.iter().zip(&mut seen) {
            let Some(figures) = fan::run(node).await? else {
                continue;
            };
            row(node.name, figures, &format!("round {round}"));
            seen.push(figures);
        }
    }
    for (node, seen) in Node::ALL.iter().zip(&seen) {
        row(node.name, medians(seen), "median");
    }
    println!();
    title(&TOPICS);
    let mut seen = Vec::new();
    for round in 1..=ROUNDS {
        let figures = topics::run(&Redis::start().await?).await?;
        row("landfall", figures, &format!("round {round}"));
        seen.push(figures);
    }
    row("landfall", medians(&seen), "median");
    println!();
    topics::resubscribe(&Redis::start().await?).await
}
