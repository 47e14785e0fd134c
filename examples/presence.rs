//! Presence over three nodes, with names from a database, and a node that watches who comes and
//! goes.
//!
//! ```text
//! cargo run --example presence
//! ```
//!
//! The nodes are in one process and reach each other by a broker in memory. Each of them could be a
//! process of its own, with Redis or NATS between them.

use std::{collections::BTreeMap, time::Duration};

use landfall::{
    BoxError, Running,
    prelude::*,
    presence::{Fetch, HandleMetas, Options, Presences},
    pubsub::adapter::InProcess,
};
use serde_json::json;
use tokio::time::sleep;

endpoint! {
    /// The endpoint of one node.
    struct Harbour;
}

/// A database of users.
struct Users;

impl Users {
    /// One query for all.
    async fn names(&self, ids: &[&str]) -> Result<BTreeMap<String, &'static str>, BoxError> {
        sleep(Duration::from_millis(20)).await;
        let name = |id: &str| match id {
            "1" => "Ann",
            "2" => "Ben",
            _ => "somebody",
        };
        Ok(ids.iter().map(|id| ((*id).to_owned(), name(id))).collect())
    }
}

/// Clients see names beside metas, which only say where somebody is.
impl Fetch for Users {
    async fn fetch(&self, _topic: &str, presences: &mut Presences) -> Result<(), BoxError> {
        let ids: Vec<&str> = presences.iter().map(|(id, _)| id).collect();
        let names = self.names(&ids).await?;
        for (id, present) in presences.iter_mut() {
            present.insert("name", names.get(id).copied());
        }
        Ok(())
    }
}

/// Notes who comes and goes, on whichever node.
struct Watch;

impl HandleMetas for Watch {
    async fn handle_metas(
        &self,
        topic: &str,
        joins: &Presences,
        leaves: &Presences,
        presences: &Presences,
    ) -> Result<(), BoxError> {
        for (id, present) in joins.iter() {
            let name = present.field("name");
            println!("{topic}: {id} is here: {}", json!(name));
        }
        for (id, _) in leaves.iter().filter(|(id, _)| presences.get(id).is_none()) {
            println!("{topic}: {id} has left, {} are here", presences.len());
        }
        Ok(())
    }
}

async fn node(broker: &InProcess) -> Result<Running<Harbour>, landfall::Error> {
    let options = Options::new().fetch(Users).handle_metas(Watch);
    let builder = Harbour::builder().adapter(broker.clone());
    builder.presence_with(options).start().await
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    tracing_subscriber::fmt::init();
    let broker = InProcess::new();
    let (one, two) = (node(&broker).await?, node(&broker).await?);

    println!("-- Ann has a phone on the first node, and a laptop on the second");
    let mut phone = one
        .presence()
        .track("quay", "1", json!({"device": "phone"}))?;
    let laptop = two
        .presence()
        .track("quay", "1", json!({"device": "laptop"}))?;
    let _ben = two
        .presence()
        .track("quay", "2", json!({"device": "phone"}))?;
    phone.update_with(|meta: serde_json::Value| json!({"device": meta["device"], "away": true}))?;

    println!("-- a third node starts");
    let three = node(&broker).await?;
    sleep(Duration::from_secs(2)).await;
    println!("{:#}", json!(three.presence().list("quay").await));

    println!("-- Ann closes the laptop, and the first node stops");
    drop(laptop);
    one.shutdown().await?;
    sleep(Duration::from_millis(100)).await;
    println!("{:#}", json!(three.presence().list("quay").await));

    two.shutdown().await?;
    three.shutdown().await?;
    Ok(())
}
