//! One message for 1,000 members: of the publisher's own node, and of another one.

use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::{net::TcpStream, time::sleep};

use super::{node::Node, redis::Redis};
use crate::{
    Result,
    client::{send, skip},
    process::Server,
    scenarios::{Load, MEMBERS, cost},
};

/// The length of a text. Its frame has a head of two bytes in both protocols.
const TEXT: usize = 100;

/// CPU of a delivery without other nodes, of one that comes from another node, and of a publication
/// for another node; `None` if the program was not built.
pub(super) async fn run(node: &Node) -> Result<Option<[f64; 3]>> {
    let redis = Redis::start().await?;
    // socketioxide's adapter is part of its type: alone, it has a Redis that tells it nothing.
    let beside = (node.name != "landfall").then_some(&redis);
    let Some(alone) = node.start(beside).await? else {
        return Ok(None);
    };
    let (local, _) = publish(node, &alone, &alone).await?;
    drop(alone);
    let (Some(here), Some(there)) = (
        node.start(Some(&redis)).await?,
        node.start(Some(&redis)).await?,
    ) else {
        return Ok(None);
    };
    let (remote, publication) = publish(node, &here, &there).await?;
    Ok(Some([local, remote, publication]))
}

/// CPU of the members' node for a delivery, and of the publisher's for a publication.
async fn publish(node: &Node, from: &Server, to: &Server) -> Result<(f64, f64)> {
    let mut members = Vec::with_capacity(MEMBERS);
    while members.len() < MEMBERS {
        members.extend(try_join_all((0..100).map(|_| node.member(to))).await?);
    }
    let mut publisher = node.member(from).await?;
    // The broker confirms subscriptions.
    sleep(Duration::from_millis(500)).await;
    let (publication, arrives) = node.publication(&"x".repeat(TEXT));
    let before = from.cpu()?;
    let work = async {
        for _ in 0..Load::TIMED.publications {
            send(&mut publisher, &publication).await?;
            let all = members
                .iter_mut()
                .map(|member: &mut TcpStream| skip(member, arrives));
            try_join_all(all).await?;
            skip(&mut publisher, arrives).await?;
        }
        Ok(())
    };
    let delivery = cost(to, MEMBERS * Load::TIMED.publications, work).await?;
    Ok((
        delivery,
        (from.cpu()? - before) / Load::TIMED.publications as f64,
    ))
}
