//! The programs that are measured, and how their clients speak.

use std::path::{Path, PathBuf};

use tokio::net::TcpStream;

use super::redis::Redis;
use crate::{
    Result,
    client::{self, frame},
    process::{Server, free_address},
};

/// The variable of the environment with the URL of a node's Redis.
pub(super) const REDIS: &str = "LANDFALL_BENCH_REDIS";

pub(super) struct Node {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    /// What a client sends once it is connected, and how many frames it gets for that.
    greeting: Option<(&'static str, usize)>,
    /// Around what is published, and around what arrives.
    publish: [&'static str; 2],
    said: [&'static str; 2],
}

impl Node {
    pub(super) const LANDFALL: Node = Node {
        name: "landfall",
        path: "/fan/websocket",
        greeting: None,
        publish: ["pub:", ""],
        said: ["", ""],
    };

    const SOCKETIOXIDE: Node = Node {
        name: "socketioxide",
        path: "/socket.io/?EIO=4&transport=websocket",
        greeting: Some(("40", 2)),
        publish: ["42[\"pub\",\"", "\"]"],
        said: ["42[\"said\",\"", "\"]"],
    };

    pub(super) const ALL: [Node; 2] = [Node::LANDFALL, Node::SOCKETIOXIDE];

    /// Starts one; `None` if it was not built.
    pub(super) async fn start(&self, redis: Option<&Redis>) -> Result<Option<Server>> {
        let program = self.program()?;
        if !program.exists() {
            return Ok(None);
        }
        let address = free_address().await?;
        let port = address.port().to_string();
        let server = Server::run(&program, address, |command| {
            if self.name == "landfall" {
                command.args(["serve", "node"]);
            }
            command.arg(&port);
            command.envs(redis.map(|redis| (REDIS, &redis.url)));
        });
        server.await.map(Some)
    }

    fn program(&self) -> Result<PathBuf> {
        if self.name == "landfall" {
            return Ok(std::env::current_exe()?);
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("socketioxide");
        Ok(folder.join("target/release/socketioxide-node"))
    }

    pub(super) async fn member(&self, server: &Server) -> Result<TcpStream> {
        let mut stream = client::open(server.address, self.path).await?;
        if let Some((text, frames)) = self.greeting {
            client::send(&mut stream, &frame(text)).await?;
            for _ in 0..frames {
                client::next(&mut stream).await?;
            }
        }
        Ok(stream)
    }

    /// The frame that publishes a text, and the size of the frame in which it arrives.
    pub(super) fn publication(&self, text: &str) -> (Vec<u8>, usize) {
        let [before, after] = self.publish;
        let said = self.said.concat().len() + text.len();
        (frame(&format!("{before}{text}{after}")), 2 + said)
    }
}
