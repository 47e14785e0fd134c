//! What Landfall costs, beside what others cost in the same run.
//!
//! ```text
//! cargo run --release -p landfall-benches            # sockets and channels, beside axum
//! cargo run --release -p landfall-benches tls        # sockets over TLS and HTTP/2, beside tokio-rustls and tungstenite
//! cargo run --release -p landfall-benches files      # static files, beside tower-http's `ServeDir` and nginx
//! cargo run --release -p landfall-benches digest     # a digest of 2,000 files, beside gzip
//! cargo run --release -p landfall-benches nodes      # several nodes by Redis, beside socketioxide
//! cargo run --release -p landfall-benches workers    # two workers on two processors, beside one on one
//! python3 benches/compile                              # what building costs, beside axum and Rocket
//! taskset -c 1 target/release/landfall-benches       # the same with the load on a processor of its own
//! cargo run --release -p landfall-benches -- serve landfall 4000
//! ```
//!
//! Each runs five rounds, the servers in turn, and ends with medians. Instructions are counted by a build without peers,
//! and compared with those that were approved:
//!
//! ```text
//! cargo run --profile counts -p landfall-benches --no-default-features counts
//! ```
//!
//! Each server is a process of its own, pinned to the first processor if `taskset` is installed (that of two workers to
//! the first two).
//! The bench measures the CPU time that the kernel accounts to it (`schedstat`), which includes its
//! side of TCP, and its private memory (`smaps_rollup`). The figures say little about latency, and
//! only those of the same run can be compared. Linux only.
//!
//! A second table of the first bench is about channels, which axum does not have. axum is measured
//! with its defaults, and with the read buffer of its WebSockets reduced from 128 KiB to 4 KiB.

#![cfg_attr(
    not(feature = "peers"),
    allow(
        dead_code,
        reason = "what only a bench beside peers needs is there in any case"
    )
)]

mod callgrind;
mod channels;
mod client;
mod counts;
mod folder;
mod landfall;
#[cfg_attr(not(feature = "peers"), path = "peers_off.rs")]
mod peers;
mod process;
mod rest;
mod scenarios;

use std::{error::Error, future::Future, time::Duration};

/// Any error. A bench ends at the first one.
type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["serve", server, port] => serve(server, port.parse()?),
        ["counts"] => measure(counts::compare()),
        ["counts", "approve"] => measure(counts::approve()),
        _ => peers::run(&words),
    }
}

fn measure(work: impl Future<Output = Result<()>>) -> Result<()> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build()?.block_on(work)
}

/// Serves until it is killed. One worker thread if nothing else is asked for, so that all work is
/// counted alike.
fn serve(name: &str, port: u16) -> Result<()> {
    let workers = std::env::var(process::WORKERS).map_or(Ok(1), |workers| workers.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        // The CPU time of a thread that has ended would be lost.
        .thread_keep_alive(Duration::from_secs(3600))
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match name {
            "landfall" => landfall::serve(port).await,
            _ => peers::serve(name, port).await,
        }
    })
}
