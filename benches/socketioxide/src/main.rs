//! A node of socketioxide with its Redis adapter: `pub` sends its text to all members as `said`.
//!
//! ```text
//! LANDFALL_BENCH_REDIS=redis://127.0.0.1:6379 socketioxide-node 4000
//! ```

use std::{error::Error, time::Duration};

use socketioxide::{
    SocketIo,
    adapter::Adapter,
    extract::{Data, SocketRef},
};
use socketioxide_redis::{RedisAdapter, RedisAdapterCtr, drivers::redis::redis_client};

fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).ok_or("usage: socketioxide-node PORT")?.parse()?;
    let redis = std::env::var("LANDFALL_BENCH_REDIS")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_keep_alive(Duration::from_secs(3600))
        .enable_all()
        .build()?;
    runtime.block_on(serve(port, redis))
}

async fn serve(port: u16, redis: String) -> Result<(), Box<dyn Error>> {
    let client = redis_client::Client::open(format!("{redis}?protocol=resp3"))?;
    let adapter = RedisAdapterCtr::new_with_redis(&client).await?;
    let (layer, io) = SocketIo::builder().with_adapter::<RedisAdapter<_>>(adapter).build_layer();
    io.ns("/", member).await?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, axum::Router::new().layer(layer)).await?)
}

async fn member<A: Adapter>(socket: SocketRef<A>) {
    socket.join("fan");
    socket.on("pub", async |socket: SocketRef<A>, Data::<String>(text)| {
        let _ = socket.within("fan").emit("said", &text).await;
    });
}
