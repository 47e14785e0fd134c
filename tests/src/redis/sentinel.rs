//! A server with replicas, and sentinels that watch it.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    thread::sleep,
    time::{Duration, Instant},
};

use super::{Certificate, PATIENCE, Server, ask, free_port, text};

/// What the sentinels call the master.
const MASTER: &str = "chat";
/// How many sentinels there are.
const COUNT: usize = 3;

/// A master, a replica, and three sentinels that put the replica in the master's place when it is
/// silent for a second.
#[derive(Debug)]
pub struct Sentinels {
    /// The server that is the master at first.
    pub master: Server,
    /// The server that is its replica at first.
    pub replica: Server,
    sentinels: Vec<Sentinel>,
    directory: PathBuf,
}

#[derive(Debug)]
struct Sentinel {
    port: u16,
    secured: bool,
    password: Option<String>,
    child: Child,
}

impl Sentinels {
    /// Starts all of them. The sentinels want this password, if there is one.
    ///
    /// # Panics
    /// Without `redis-server` and `redis-cli`, or if they do not start.
    pub fn start(password: Option<&str>) -> Self {
        Sentinels::start_with(password, None)
    }

    /// The same without a password, where all speak TLS alone, with each other too.
    ///
    /// # Panics
    /// As [`start`](Sentinels::start).
    pub fn start_tls(certificate: &Certificate) -> Self {
        Sentinels::start_with(None, Some(certificate))
    }

    fn start_with(password: Option<&str>, certificate: Option<&Certificate>) -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let (process, count) = (std::process::id(), STARTED.fetch_add(1, Relaxed));
        let directory = std::env::temp_dir().join(format!("landfall-sentinel-{process}-{count}"));
        fs::create_dir_all(&directory).expect("a directory");
        let mut options = vec!["--dir", text(&directory), "--repl-diskless-sync-delay", "0"];
        let more = certificate.map(Certificate::options).unwrap_or_default();
        options.extend(more.iter().map(String::as_str));
        if certificate.is_some() {
            options.extend(["--tls-replication", "yes"]);
        }
        let start = || Server::start_with(&options, certificate.is_some());
        let (master, replica) = (start(), start());
        replica.ask(&["REPLICAOF", "127.0.0.1", &master.port().to_string()]);
        wait(|| {
            replica
                .ask(&["INFO", "replication"])
                .contains("master_link_status:up")
        });
        let mut sentinels = Sentinels {
            master,
            replica,
            sentinels: Vec::new(),
            directory,
        };
        sentinels.watch(password, certificate);
        sentinels
    }

    fn watch(&mut self, password: Option<&str>, certificate: Option<&Certificate>) {
        for n in 0..COUNT {
            let sentinel = self.sentinel(n, password, certificate);
            self.sentinels.push(sentinel);
        }
        for sentinel in &self.sentinels {
            wait(|| {
                let told = sentinel.ask(&["SENTINEL", "MASTER", MASTER]);
                let told: Vec<_> = told.lines().collect();
                let value = |key| {
                    let place = told.iter().position(|line| *line == key)?;
                    told.get(place + 1).copied()
                };
                let others = (COUNT - 1).to_string();
                value("num-other-sentinels") == Some(&others) && value("num-slaves") == Some("1")
            });
        }
    }

    fn sentinel(
        &self,
        n: usize,
        password: Option<&str>,
        certificate: Option<&Certificate>,
    ) -> Sentinel {
        let (port, master) = (free_port(), self.master.port());
        let mut lines = vec![
            "bind 127.0.0.1".to_owned(),
            format!("dir {}", self.directory.display()),
            format!("sentinel monitor {MASTER} 127.0.0.1 {master} 2"),
            format!("sentinel down-after-milliseconds {MASTER} 1000"),
            format!("sentinel failover-timeout {MASTER} 4000"),
        ];
        match certificate {
            None => lines.push(format!("port {port}")),
            Some(certificate) => {
                lines.extend([
                    "port 0".to_owned(),
                    format!("tls-port {port}"),
                    "tls-replication yes".to_owned(),
                ]);
                let options = certificate.options();
                let pairs = options.chunks(2).map(|pair| pair.join(" "));
                lines.extend(pairs.map(|pair| pair.trim_start_matches("--").to_owned()));
            }
        }
        if let Some(password) = password {
            lines.push(format!("requirepass \"{password}\""));
            lines.push(format!("sentinel sentinel-pass \"{password}\""));
        }
        let file = self.directory.join(format!("sentinel-{n}.conf"));
        fs::write(&file, lines.join("\n")).expect("a file");
        let child = Command::new("redis-server")
            .arg(&file)
            .arg("--sentinel")
            .stdout(Stdio::null())
            .spawn()
            .expect("`redis-server`");
        let password = password.map(str::to_owned);
        Sentinel {
            port,
            secured: certificate.is_some(),
            password,
            child,
        }
    }

    /// What the sentinels call the master.
    pub fn name(&self) -> &'static str {
        MASTER
    }

    /// The URLs of the sentinels.
    pub fn urls(&self) -> Vec<String> {
        let sentinels = self.sentinels.iter();
        sentinels.map(Sentinel::url).collect()
    }
}

impl Sentinel {
    fn url(&self) -> String {
        let scheme = if self.secured { "rediss" } else { "redis" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    fn ask(&self, command: &[&str]) -> String {
        let password = self.password.iter().flat_map(|password| ["-a", password]);
        let words: Vec<_> = password.chain(command.iter().copied()).collect();
        ask(self.port, self.secured, &words)
    }
}

fn wait(done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < PATIENCE, "the sentinels do not settle");
        sleep(Duration::from_millis(50));
    }
}

impl Drop for Sentinels {
    fn drop(&mut self) {
        for sentinel in &mut self.sentinels {
            let _ = sentinel.child.kill();
            let _ = sentinel.child.wait();
        }
        self.master.kill();
        self.replica.kill();
        let _ = fs::remove_dir_all(&self.directory);
    }
}
