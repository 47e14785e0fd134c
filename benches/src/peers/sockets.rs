//! The cost of sockets beside axum, and of channels.

use crate::{
    Result, channels,
    peers::table::{ROUNDS, medians, row, title},
    process::Server,
    scenarios::{self, Load},
};

const SERVERS: [&str; 3] = ["landfall", "axum", "axum-4k"];

pub(crate) async fn compare() -> Result<()> {
    println!("microseconds of CPU for one of each");
    title(&scenarios::NAMES);
    let mut all = SERVERS.map(|_| Vec::new());
    for round in 1..=ROUNDS {
        for (server, seen) in SERVERS.iter().zip(&mut all) {
            let running = Server::start(server).await?;
            let figures = scenarios::run(&running, &Load::TIMED).await?;
            row(server, figures, &format!("round {round}"));
            seen.push(figures);
        }
    }
    for (server, seen) in SERVERS.iter().zip(all) {
        row(server, medians(&seen), "median");
    }
    println!();
    title(&channels::NAMES);
    let mut seen = Vec::new();
    for round in 1..=ROUNDS {
        let running = Server::start("landfall").await?;
        let figures = channels::run(&running, &Load::TIMED).await?;
        row("landfall", figures, &format!("round {round}"));
        seen.push(figures);
    }
    row("landfall", medians(&seen), "median");
    Ok(())
}
