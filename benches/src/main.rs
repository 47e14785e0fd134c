//! What Landfall costs, beside what others cost in the same run.
//!
//! ```text
//! cargo run --release -p landfall-benches            # sockets and channels, beside axum
//! cargo run --release -p landfall-benches tls        # sockets over TLS and HTTP/2, beside tokio-rustls and tungstenite
//! cargo run --release -p landfall-benches files      # static files, beside tower-http's `ServeDir` and nginx
//! cargo run --release -p landfall-benches digest     # a digest of 2,000 files, beside gzip
//! cargo run --release -p landfall-benches nodes      # several nodes by Redis, beside socketioxide
//! cargo run --release -p landfall-benches workers    # two workers on two processors, beside one on one
//! cargo run --release -p landfall-benches counts     # instructions, beside those that were approved
//! python3 benches/compile                              # what building costs, beside axum and Rocket
//! taskset -c 1 target/release/landfall-benches       # the same with the load on a processor of its own
//! cargo run --release -p landfall-benches -- serve landfall 4000
//! ```
//!
//! Each but `counts` runs five rounds, the servers in turn, and ends with medians.
//!
//! Each server is a process of its own, pinned to the first processor if `taskset` is installed (that of two workers to
//! the first two).
//! The bench measures the CPU time that the kernel accounts to it (`schedstat`), which includes its
//! side of TCP, and its private memory (`smaps_rollup`). The figures say little about latency, and
//! only those of the same run can be compared. Linux only.
//!
//! A second table of the first bench is about channels, which axum does not have. axum is measured
//! with its defaults, and with the read buffer of its WebSockets reduced from 128 KiB to 4 KiB.

mod callgrind;
mod channels;
mod client;
mod counts;
mod digest;
mod files;
mod folder;
mod nodes;
mod process;
mod scenarios;
mod servers;
mod tls;
mod workers;

use std::{error::Error, future::Future};

use self::scenarios::Load;

/// Any error. A bench ends at the first one.
type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["serve", server, port] => servers::serve(server, port.parse()?),
        ["digest-once", directory, name] => digest::run_once(directory, name),
        ["digest"] => digest::compare(),
        [] => measure(compare()),
        ["tls"] => measure(tls::compare()),
        ["files"] => measure(files::compare()),
        ["nodes"] => measure(nodes::compare()),
        ["workers"] => measure(workers::compare()),
        ["counts"] => measure(counts::compare()),
        ["counts", "approve"] => measure(counts::approve()),
        _ => Err(
            "usage: landfall-benches [tls | files | digest | nodes | workers | counts [approve] | serve SERVER PORT]".into(),
        ),
    }
}

fn measure(work: impl Future<Output = Result<()>>) -> Result<()> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build()?.block_on(work)
}

async fn compare() -> Result<()> {
    println!("microseconds of CPU for one of each");
    title(&scenarios::NAMES);
    let mut all = servers::NAMES.map(|_| Vec::new());
    for round in 1..=ROUNDS {
        for (server, seen) in servers::NAMES.iter().zip(&mut all) {
            let running = process::Server::start(server).await?;
            let figures = scenarios::run(&running, &Load::TIMED).await?;
            row(server, figures, &format!("round {round}"));
            seen.push(figures);
        }
    }
    for (server, seen) in servers::NAMES.iter().zip(all) {
        row(server, medians(&seen), "median");
    }
    println!();
    title(&channels::NAMES);
    let mut seen = Vec::new();
    for round in 1..=ROUNDS {
        let running = process::Server::start("landfall").await?;
        let figures = channels::run(&running, &Load::TIMED).await?;
        row("landfall", figures, &format!("round {round}"));
        seen.push(figures);
    }
    row("landfall", medians(&seen), "median");
    Ok(())
}

fn title(names: &[&str]) {
    let names: String = names.iter().map(|name| format!("{name:>22}")).collect();
    println!("{:<22} {names}", "");
}

fn row<const N: usize>(server: &str, figures: [f64; N], note: &str) {
    println!(
        "{server:<22} {}  ({note})",
        figures.map(|figure| format!("{figure:>22.2}")).concat()
    );
}

fn medians<const N: usize>(seen: &[[f64; N]]) -> [f64; N] {
    std::array::from_fn(|figure| median(seen.iter().map(|round| round[figure])))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
