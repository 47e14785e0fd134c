//! A server in a process of its own: its CPU time or instructions, and its memory.

use std::{fs, net::SocketAddr, path::Path, process::Stdio, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::{Result, callgrind::Dumps};

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pid: u32,
    /// Where its instructions are counted, if they are.
    dumps: Option<Dumps>,
    _child: Child,
}

impl Server {
    /// Starts this program as a server, on a port that was free a moment ago.
    pub(crate) async fn start(name: &str) -> Result<Self> {
        Server::start_with(name, Path::new("")).await
    }

    /// The same, for a server that serves what is in a folder.
    pub(crate) async fn start_with(name: &str, folder: &Path) -> Result<Self> {
        Server::start_here(name, 1, FOLDER, folder).await
    }

    /// The same, for a server of so many workers, with a processor for each.
    pub(crate) async fn start_workers(name: &str, workers: usize) -> Result<Self> {
        Server::start_here(name, workers, WORKERS, workers.to_string().as_ref()).await
    }

    /// Starts this program as a server, with a variable in its environment.
    async fn start_here(name: &str, processors: usize, key: &str, value: &Path) -> Result<Self> {
        let address = free_address().await?;
        let program = std::env::current_exe()?;
        let arguments = ["serve", name, &address.port().to_string()];
        let set = |command: &mut Command| {
            command.args(arguments).env(key, value);
        };
        Server::run_on(processors, &program, address, set).await
    }

    /// Starts this program as a server whose instructions are counted. It is some 50 times as slow.
    pub(crate) async fn start_counted(name: &str) -> Result<Self> {
        let address = free_address().await?;
        let dumps = Dumps::new()?;
        let program = std::env::current_exe()?;
        let port = address.port().to_string();
        let set = |command: &mut Command| {
            command.args(dumps.arguments()).arg(&program);
            command.args(["serve", name, &port]).stderr(Stdio::null());
        };
        let server = Server::run(Path::new("valgrind"), address, set).await?;
        Ok(Server {
            dumps: Some(dumps),
            ..server
        })
    }

    /// Starts a program that listens there.
    pub(crate) async fn run(
        program: &Path,
        address: SocketAddr,
        set: impl Fn(&mut Command),
    ) -> Result<Self> {
        Server::run_on(1, program, address, set).await
    }

    async fn run_on(
        processors: usize,
        program: &Path,
        address: SocketAddr,
        set: impl Fn(&mut Command),
    ) -> Result<Self> {
        // Pinned to the first processors, if `taskset` is installed: less noise.
        let mut pinned = Command::new("taskset");
        let last = processors - 1;
        pinned.args(["-c", &format!("0-{last}")]).arg(program);
        let spawn = |mut command: Command| {
            set(&mut command);
            command.kill_on_drop(true).spawn()
        };
        let child = spawn(pinned).or_else(|_| spawn(Command::new(program)))?;
        let pid = child.id().ok_or("the server ended at once")?;
        let listening = async {
            while TcpStream::connect(address).await.is_err() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(60), listening).await?;
        Ok(Server {
            address,
            pid,
            dumps: None,
            _child: child,
        })
    }

    /// What it has spent so far: instructions if they are counted, or else CPU time in microseconds.
    pub(crate) async fn spent(&self) -> Result<f64> {
        match &self.dumps {
            Some(dumps) => dumps.instructions(self.pid).await,
            None => self.cpu(),
        }
    }

    pub(crate) fn is_counted(&self) -> bool {
        self.dumps.is_some()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// CPU time of all threads so far, in microseconds.
    pub(crate) fn cpu(&self) -> Result<f64> {
        let mut nanos = 0.0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.pid))? {
            let schedstat = fs::read_to_string(thread?.path().join("schedstat"))?;
            nanos += schedstat
                .split(' ')
                .next()
                .unwrap_or_default()
                .parse::<f64>()?;
        }
        Ok(nanos / 1e3)
    }

    /// Private memory, in KiB.
    pub(crate) fn memory(&self) -> Result<f64> {
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.pid))?;
        let private = rollup.lines().filter(|line| line.starts_with("Private_"));
        let kib = private.filter_map(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        Ok(kib.sum())
    }
}

/// The variable of the environment with a server's folder.
pub(crate) const FOLDER: &str = "LANDFALL_BENCH_FOLDER";

/// The variable with the number of a server's workers.
pub(crate) const WORKERS: &str = "LANDFALL_BENCH_WORKERS";

/// An address where nothing listened a moment ago.
pub(crate) async fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0").await?.local_addr()?)
}
