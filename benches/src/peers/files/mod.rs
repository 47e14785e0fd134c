//! The cost of files: [`Static`](landfall::assets::Static) beside tower-http's `ServeDir` and
//! nginx.
//!
//! `ServeDir` is measured as a service of Landfall, so that the rest of the server is the same, and
//! below axum. nginx has one process, and `sendfile`.

mod client;
mod servers;

use std::{fs, path::Path};

use futures_util::future::try_join_all;

pub(crate) use self::servers::{below_axum, below_landfall, statics};

use self::client::Visitor;
use crate::{
    Result,
    folder::Folder,
    peers::table::{ROUNDS, medians, row, title},
    process::Server,
    scenarios::cost,
};

const SERVERS: [&str; 4] = ["static", "servedir", "servedir-axum", "nginx"];

const NAMES: [&str; 4] = ["us/4 KiB", "us/1 MiB", "us/range of 4 KiB", "us/304"];

const CLIENTS: usize = 20;
const REQUESTS: usize = 500;
const LARGE_REQUESTS: usize = 20;

pub(crate) async fn compare() -> Result<()> {
    let folder = Folder::new("files")?;
    let content: Vec<u8> = (0..1 << 20).map(|at: u32| (at % 251) as u8).collect();
    fs::write(folder.path().join("small.js"), &content[..4096])?;
    fs::write(folder.path().join("large.bin"), &content)?;
    title(&NAMES);
    let mut seen = SERVERS.map(|_| Vec::new());
    for round in 1..=ROUNDS {
        for (name, seen) in SERVERS.iter().zip(&mut seen) {
            let Some(server) = start(name, folder.path()).await? else {
                continue;
            };
            let figures = run(&server).await?;
            row(name, figures, &format!("round {round}"));
            seen.push(figures);
        }
    }
    let medians = seen.map(|rounds| medians(&rounds));
    for (name, figures) in SERVERS.iter().zip(medians) {
        row(name, figures, "median");
    }
    for (name, others) in SERVERS.iter().zip(medians).skip(1) {
        let ratios = std::array::from_fn::<_, 4, _>(|at| medians[0][at] / others[at]);
        row("static", ratios, &format!("as a part of {name}"));
    }
    Ok(())
}

/// Starts a server; `None` if it is not installed.
async fn start(name: &str, folder: &Path) -> Result<Option<Server>> {
    if name == "nginx" {
        return servers::nginx(folder).await;
    }
    Server::start_with(name, folder).await.map(Some)
}

async fn run(server: &Server) -> Result<[f64; 4]> {
    let known = Visitor::open(server)
        .await?
        .ask("/small.js", "")
        .await?
        .known;
    Ok([
        requests(server, REQUESTS, "/small.js", "", 200, 4096).await?,
        requests(server, LARGE_REQUESTS, "/large.bin", "", 200, 1 << 20).await?,
        requests(
            server,
            REQUESTS,
            "/large.bin",
            "range: bytes=500000-504095\r\n",
            206,
            4096,
        )
        .await?,
        requests(server, REQUESTS, "/small.js", &known, 304, 0).await?,
    ])
}

/// The cost of a request.
async fn requests(
    server: &Server,
    rounds: usize,
    path: &str,
    headers: &str,
    status: u16,
    length: usize,
) -> Result<f64> {
    let mut visitors = try_join_all((0..CLIENTS).map(|_| Visitor::open(server))).await?;
    for visitor in &mut visitors {
        let answer = visitor.ask(path, headers).await?;
        if (answer.status, answer.length) != (status, length) {
            return Err(format!("{path}: {} with {} bytes", answer.status, answer.length).into());
        }
    }
    let work = visitors.iter_mut().map(async |visitor| -> Result<()> {
        for _ in 0..rounds {
            visitor.ask(path, headers).await?;
        }
        Ok(())
    });
    cost(server, CLIENTS * rounds, async {
        try_join_all(work).await.map(drop)
    })
    .await
}
