//! A server under churn, for any time: checks that nothing is lost, slow or left over.
//!
//! The server is a process of its own, so that only its memory and descriptors are measured. This
//! process has clients that come and go, readers of broadcasts that stay, and a client that
//! measures the time of its echoes.
//!
//! | file | what |
//! | --- | --- |
//! | `site` | the server |
//! | `server` | its process, measured from outside |
//! | `visits` | clients that come and go |
//! | `steady` | clients that stay |
//! | `tally` | what they count |
//! | `report` | the goals, and whether they were met |

mod report;
mod server;
mod site;
mod steady;
mod tally;
mod visits;

use std::{error::Error, fs, io, path::Path, sync::Arc, time::Duration};

use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{Instant, sleep},
};

use self::{
    report::Found,
    server::{Figures, Server},
    steady::{Healthy, Publisher, Readers},
    tally::Tally,
};
pub use self::{report::Report, site::serve};
use crate::client::Client;

/// The argument that makes the program the server.
pub const SERVE: &str = "--serve";

/// How long the server may take to release what vanished clients held.
const SETTLING: Duration = Duration::from_secs(30);

/// The number of connections that the limit on open files allows.
struct Sizes {
    visitors: usize,
    silent: usize,
    idle: usize,
}

impl Sizes {
    fn within(limit: usize) -> Result<Self, String> {
        if limit < 512 {
            return Err(format!(
                "{limit} open files are too few\n  help: ulimit -n 4096"
            ));
        }
        Ok(Sizes {
            visitors: (limit / 32).min(32),
            silent: (limit / 8).min(400),
            idle: (limit / 4).min(2_000),
        })
    }
}

/// Runs a soak of this length, against a server that `program` starts when it is given [`SERVE`].
///
/// # Errors
/// When it cannot begin: the server does not start, or there are too few descriptors.
pub async fn run(program: &Path, time: Duration) -> Result<Report, Box<dyn Error>> {
    let sizes = Sizes::within(open_files()?)?;
    let server = Server::start(program).await?;
    let tally = Arc::new(Tally::default());
    let readers = Readers::start(server.port, &tally).await;
    let healthy = Healthy::open(server.port).await;
    let idle_bytes = idle_cost(&server, sizes.idle).await?;
    let before = server.settled(readers.count() + 1).await?;
    println!("{}", Figures::heading());

    let (over, running) = watch::channel(false);
    let healthy = tokio::spawn(healthy.run(running.clone()));
    let publisher = tokio::spawn(Publisher::open(server.port).await.run(running.clone()));
    let silent = Arc::new(Semaphore::new(sizes.silent));
    let mut visitors = JoinSet::new();
    for turn in 0..sizes.visitors {
        visitors.spawn(visits::visitor(
            server.port,
            turn,
            tally.clone(),
            silent.clone(),
            running.clone(),
        ));
    }

    let (rss_early, rss_late) = watch_over(&server, time, &tally).await?;

    let _ = over.send(true);
    while let Some(visitor) = visitors.join_next().await {
        tally.note(visitor);
    }
    let _ = silent.acquire_many(sizes.silent as u32).await?;
    let last = tally.note(publisher.await).unwrap_or(0);
    let (latencies, healthy) = tally.note(healthy.await).unwrap_or_default();
    readers.catch_up(last, &tally).await;
    let after = back_to(&server, before).await?;
    readers.stop(&tally).await;
    drop(healthy);
    let clean_exit = server.stop().await?;

    Ok(Report::new(Found {
        time,
        before,
        after,
        idle_bytes,
        rss_early,
        rss_late,
        latencies,
        broadcasts: last,
        tally: tally.totals(),
        complaint: tally.complaint(),
        clean_exit,
    }))
}

/// Prints a line a minute. Returns the memory after a tenth of the time and at its end.
async fn watch_over(
    server: &Server,
    time: Duration,
    tally: &Tally,
) -> Result<(usize, usize), Box<dyn Error>> {
    let start = Instant::now();
    let early = time / 10;
    let mut next = Duration::from_secs(60).min(early);
    let mut rss_early = 0;
    loop {
        server.wait_until(start + next).await?;
        if next == early {
            rss_early = server.steady_rss().await?;
        }
        let rss = server.rss()?;
        println!(
            "{}",
            tally
                .totals()
                .line(start.elapsed(), server.descriptors()?, rss)
        );
        if next >= time {
            return Ok((rss_early, server.steady_rss().await?));
        }
        let minute = Duration::from_secs(60 * (next.as_secs() / 60 + 1));
        next = if next < early {
            minute.min(early)
        } else {
            minute.min(time)
        };
    }
}

/// The server's memory for an idle socket, after it has served others.
async fn idle_cost(server: &Server, count: usize) -> Result<usize, Box<dyn Error>> {
    let mut idle = Vec::new();
    for _ in 0..count / 4 {
        idle.push(Client::open(server.port, "/steady/websocket").await);
    }
    let before = server.anonymous()?;
    for _ in 0..count {
        idle.push(Client::open(server.port, "/steady/websocket").await);
    }
    sleep(Duration::from_millis(500)).await;
    Ok(server.anonymous()?.saturating_sub(before) / count)
}

/// The figures, once they are as before, or after [`SETTLING`].
async fn back_to(server: &Server, before: Figures) -> Result<Figures, Box<dyn Error>> {
    let deadline = Instant::now() + SETTLING;
    loop {
        let now = server.figures().await?;
        if now == before || Instant::now() > deadline {
            return Ok(now);
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// `ulimit -n`.
fn open_files() -> io::Result<usize> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    Ok(soft.unwrap_or(usize::MAX))
}
