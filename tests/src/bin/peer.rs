//! The peer as a program. `PEER_BASE_PORT` moves its ports. `ONLY_MAIN=1`: first endpoint only.

use std::{env, error::Error};

use landfall_tests::peer::{BASE_PORT, Peer};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_port = match env::var("PEER_BASE_PORT") {
        Ok(port) => port
            .parse()
            .map_err(|_| format!("PEER_BASE_PORT is not a port: `{port}`"))?,
        Err(_) => BASE_PORT,
    };
    let only_main = env::var("ONLY_MAIN").is_ok_and(|value| value == "1");
    let peer = Peer::start(base_port, only_main).await?;
    println!("peer: listening on 127.0.0.1:{base_port}");
    peer.wait_for_signal().await?;
    Ok(())
}
