//! The cost of a connection, an echo, a delivery and a request: Landfall beside axum, in one run.
//!
//! ```text
//! cargo run --release -p landfall-benches            # all servers, 5 rounds, and their medians
//! taskset -c 1 target/release/landfall-benches       # the same with the load on a processor of its own
//! cargo run --release -p landfall-benches -- serve landfall 4000
//! ```
//!
//! Each server is a process of its own, pinned to the first processor if `taskset` is installed.
//! The bench measures the CPU time that the kernel accounts to it (`schedstat`), which includes its
//! side of TCP, and its private memory (`smaps_rollup`). The figures say little about latency, and
//! only those of the same run can be compared. Linux only.
//!
//! A second table is about channels, which axum does not have.
//!
//! axum is measured with its defaults, and with the read buffer of its WebSockets reduced from 128
//! KiB to 4 KiB.

mod channels;
mod client;
mod process;
mod scenarios;
mod servers;

use std::error::Error;

/// Any error. A bench ends at the first one.
type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["serve", server, port] => servers::serve(server, port.parse()?),
        [] => compare(),
        _ => Err("usage: landfall-benches [serve SERVER PORT]".into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn compare() -> Result<()> {
    println!(
        "{:<12} {}",
        "",
        scenarios::NAMES.map(|name| format!("{name:>22}")).concat()
    );
    let mut all = servers::NAMES.map(|_| Vec::new());
    for round in 1..=ROUNDS {
        for (server, seen) in servers::NAMES.iter().zip(&mut all) {
            let running = process::Server::start(server).await?;
            let figures = scenarios::run(&running).await?;
            row(server, figures, &format!("round {round}"));
            seen.push(figures);
        }
    }
    for (server, seen) in servers::NAMES.iter().zip(all) {
        row(server, medians(&seen), "median");
    }
    println!(
        "\n{:<12} {}",
        "",
        channels::NAMES.map(|name| format!("{name:>22}")).concat()
    );
    let mut seen = Vec::new();
    for round in 1..=ROUNDS {
        let running = process::Server::start("landfall").await?;
        let figures = channels::run(&running).await?;
        row("landfall", figures, &format!("round {round}"));
        seen.push(figures);
    }
    row("landfall", medians(&seen), "median");
    Ok(())
}

fn row<const N: usize>(server: &str, figures: [f64; N], note: &str) {
    println!(
        "{server:<12} {}  ({note})",
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
