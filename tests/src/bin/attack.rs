//! Attacks your own server, and prints what that cost it.

use std::{
    env,
    error::Error,
    net::{SocketAddr, ToSocketAddrs},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use landfall_tests::attack::{ATTACKS, Attack, Process, Target};
use tokio::time::{sleep, timeout};

const USAGE: &str = "usage: attack URL [--pid PID] [--only NAME,NAME] [--raw PATH] [--channels PATH] [--host-is-mine]

Attacks the server at URL, such as http://127.0.0.1:4000, and prints a table of what it answered. With --pid, the
table has the memory and the descriptors of the process before, at most, and afterwards.

--raw       a mount whose socket echoes, and hangs on the text `hang`: WebSocket with compression, and longpoll
            (default /raw)
--channels  a mount with channels `room:*`: the event `hang` hangs, and so does a join of `room:never`
            (default /socket)

`PORT=4000 cargo run --release -p landfall-tests --bin quay` serves both. Servers of other machines are refused
without --host-is-mine.

attacks:";

/// The longest time of an attack.
const LONGEST: Duration = Duration::from_secs(120);
/// How long the server may take to release what it holds.
const AFTER: Duration = Duration::from_secs(10);
const MIB: usize = 1 << 20;

struct Arguments {
    target: Target,
    process: Option<Process>,
    only: Option<Vec<String>>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let Arguments {
        target,
        process,
        only,
    } = arguments(env::args().skip(1))?;
    println!("| attack | the server | MiB before | at most | after | descriptors left |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for attack in ATTACKS {
        if only
            .as_ref()
            .is_none_or(|only| only.iter().any(|name| name == attack.name))
        {
            println!("{}", row(attack, &target, process).await);
        }
    }
    Ok(())
}

/// One attack: its row of the table.
async fn row(attack: &Attack, target: &Target, process: Option<Process>) -> String {
    let before = process.map(|process| (process.resident_bytes(), process.descriptors()));
    let gauge = process.map(Gauge::start);
    let run = timeout(LONGEST, (attack.run)(target)).await;
    // The server still reads what was sent.
    sleep(Duration::from_secs(1)).await;
    let peak = gauge.map(Gauge::stop);
    let verdict = match &run {
        Ok(Ok(open)) => open.verdict.clone(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "was not done with it in time".to_owned(),
    };
    drop(run);
    let mut row = format!("| {} | {verdict} |", attack.about);
    if let (Some(process), Some((memory, descriptors)), Some(peak)) = (process, before, peak) {
        sleep(AFTER).await;
        let (after, left) = (process.resident_bytes(), process.descriptors());
        let sizes = [memory, peak, after].map(|bytes| bytes / MIB);
        row += &format!(
            " {} | {} | {} | {} |",
            sizes[0],
            sizes[1],
            sizes[2],
            left.saturating_sub(descriptors)
        );
    } else {
        row += " | | | |";
    }
    row
}

/// Samples a process's memory, and keeps the maximum.
struct Gauge {
    peak: Arc<AtomicUsize>,
    done: Arc<AtomicBool>,
}

impl Gauge {
    fn start(process: Process) -> Self {
        let gauge = Gauge {
            peak: Arc::default(),
            done: Arc::default(),
        };
        let (peak, done) = (gauge.peak.clone(), gauge.done.clone());
        tokio::spawn(async move {
            while !done.load(Relaxed) {
                peak.fetch_max(process.resident_bytes(), Relaxed);
                sleep(Duration::from_millis(10)).await;
            }
        });
        gauge
    }

    fn stop(self) -> usize {
        self.done.store(true, Relaxed);
        self.peak.load(Relaxed)
    }
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let (mut url, mut process, mut only, mut is_mine) = (None, None, None, false);
    let (mut raw, mut channels) = ("/raw".to_owned(), "/socket".to_owned());
    while let Some(argument) = given.next() {
        let mut value = || {
            given
                .next()
                .ok_or_else(|| format!("`{argument}` needs a value"))
        };
        match argument.as_str() {
            "--pid" => {
                let pid = value()?;
                let number = pid
                    .parse()
                    .map_err(|_| format!("`{pid}` is not a process number"))?;
                process = Some(
                    Process::watch(number).map_err(|error| format!("process {pid}: {error}"))?,
                );
            }
            "--only" => only = Some(value()?.split(',').map(str::to_owned).collect()),
            "--raw" => raw = value()?,
            "--channels" => channels = value()?,
            "--host-is-mine" => is_mine = true,
            "--help" | "-h" => return Err(usage()),
            unknown if unknown.starts_with('-') => {
                return Err(format!("unknown option `{unknown}`\n\n{}", usage()));
            }
            given => url = Some(given.to_owned()),
        }
    }
    if let Some(unknown) = only
        .iter()
        .flatten()
        .find(|name| ATTACKS.iter().all(|attack| attack.name != *name))
    {
        return Err(format!("unknown attack `{unknown}`\n\n{}", usage()));
    }
    let address = address(&url.ok_or_else(usage)?)?;
    if !address.ip().is_loopback() && !is_mine {
        return Err(format!(
            "{address} is another machine\nhelp: add `--host-is-mine` if it is yours: it may not survive this"
        ));
    }
    Ok(Arguments {
        target: Target {
            address,
            raw,
            channels,
        },
        process,
        only,
    })
}

fn usage() -> String {
    let list = ATTACKS
        .iter()
        .map(|attack| format!("\n  {:12} {}", attack.name, attack.about));
    USAGE.to_owned() + &list.collect::<String>()
}

fn address(url: &str) -> Result<SocketAddr, String> {
    let rest = url
        .strip_prefix("http://")
        .ok_or_else(|| format!("`{url}` does not begin with `http://`"))?;
    let host = rest.split('/').next().unwrap_or_default();
    let host = if host.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:80")
    };
    let mut found = host
        .to_socket_addrs()
        .map_err(|error| format!("`{host}`: {error}"))?;
    found
        .next()
        .ok_or_else(|| format!("`{host}` has no address"))
}
