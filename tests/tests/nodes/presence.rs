//! Presence on several nodes.

use landfall::pubsub::adapter::InProcess;

use crate::site::{joined, sites};

#[tokio::test(start_paused = true)]
async fn each_node_tells_its_own_clients_of_its_diffs() -> anyhow::Result<()> {
    let (here, there) = sites(&InProcess::new()).await;
    let mut near = joined(&here, "room:1").await?;
    let mut far = joined(&there, "room:1").await?;
    let _ = near.push("track", "ann");
    near.expect("presence_diff").await;
    far.expect_no("presence_diff").await;
    Ok(())
}
