//! The server's process, measured from outside.

use std::{error::Error, fs, io, path::Path, process::Stdio, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::Mutex,
    time::{Instant, sleep, sleep_until, timeout},
};

use super::SERVE;
use crate::client::Client;

/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// A client that sends this often is not pinged.
const TALK: Duration = Duration::from_secs(10);

pub(super) struct Server {
    process: Child,
    pub(super) port: u16,
    /// A connection that asks for figures.
    control: Mutex<Client>,
}

/// What the server has open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) connections: u64,
    pub(super) tasks: u64,
    pub(super) descriptors: usize,
}

impl Server {
    pub(super) async fn start(program: &Path) -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(program)
            .arg(SERVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = process.stdout.take().ok_or("the server has no output")?;
        let mut line = String::new();
        timeout(PATIENCE, BufReader::new(output).read_line(&mut line)).await??;
        let port = line
            .trim()
            .parse()
            .map_err(|_| "the server does not start")?;
        let control = Mutex::new(Client::open(port, "/steady/websocket").await);
        Ok(Server {
            process,
            port,
            control,
        })
    }

    /// Tells it to end. True if it ends cleanly.
    pub(super) async fn stop(mut self) -> io::Result<bool> {
        drop(self.process.stdin.take());
        match timeout(PATIENCE, self.process.wait()).await {
            Ok(status) => Ok(status?.success()),
            Err(_) => Ok(false),
        }
    }

    pub(super) async fn figures(&self) -> Result<Figures, Box<dyn Error>> {
        let mut control = self.control.lock().await;
        control.text("tasks").await;
        let stats: Value = serde_json::from_str(&control.hear_text().await)?;
        Ok(Figures {
            connections: stats["connections"].as_u64().ok_or("no connections")?,
            tasks: stats["tasks"].as_u64().ok_or("no tasks")?,
            descriptors: self.descriptors()?,
        })
    }

    /// Waits. Sends messages meanwhile, because the server cuts off silent clients.
    pub(super) async fn wait_until(&self, time: Instant) -> Result<(), Box<dyn Error>> {
        while Instant::now() < time {
            sleep_until(time.min(Instant::now() + TALK)).await;
            self.figures().await?;
        }
        Ok(())
    }

    /// The figures, once they are stable and at most N connections besides our own are left.
    pub(super) async fn settled(&self, connections: usize) -> Result<Figures, Box<dyn Error>> {
        let deadline = Instant::now() + PATIENCE;
        let (mut last, mut equal) = (None, 0);
        while equal < 5 {
            let now = self.figures().await?;
            equal = if last == Some(now) { equal + 1 } else { 0 };
            if now.connections > connections as u64 + 1 {
                equal = 0;
            }
            last = Some(now);
            if Instant::now() > deadline {
                return Err(format!("the server does not come to rest: {now:?}").into());
            }
            sleep(Duration::from_millis(100)).await;
        }
        last.ok_or_else(|| "no figures".into())
    }

    /// Open file descriptors.
    pub(super) fn descriptors(&self) -> io::Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.id()))?.count())
    }

    /// Resident memory in bytes.
    pub(super) fn rss(&self) -> io::Result<usize> {
        self.status("VmRSS:")
    }

    /// Resident memory that does not belong to a file.
    pub(super) fn anonymous(&self) -> io::Result<usize> {
        self.status("RssAnon:")
    }

    /// The median of some measurements. Memory goes up and down as clients come and go.
    pub(super) async fn steady_rss(&self) -> io::Result<usize> {
        let mut measured = Vec::new();
        for _ in 0..15 {
            measured.push(self.rss()?);
            sleep(Duration::from_millis(100)).await;
        }
        measured.sort_unstable();
        Ok(measured[measured.len() / 2])
    }

    fn status(&self, key: &str) -> io::Result<usize> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
        kilobytes
            .map(|kilobytes| kilobytes * 1024)
            .ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn id(&self) -> u32 {
        self.process.id().unwrap_or_default()
    }
}

impl Figures {
    pub(super) fn heading() -> &'static str {
        "    time  connections     messages  lost  doubled  broken   fds   RSS MiB"
    }
}
