//! Redis servers of a test's own.

mod cluster;
mod sentinel;

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many ports are tried.
const ATTEMPTS: usize = 5;

pub use self::{cluster::Cluster, sentinel::Sentinels};

/// A certificate that servers show each other and their clients, its key, and the authority that
/// has signed it, as files in PEM format.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The certificate, for `127.0.0.1`.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// The authority.
    pub authority: PathBuf,
}

impl Certificate {
    /// What a server is told, which is to ask its clients for no certificate.
    fn options(&self) -> Vec<String> {
        let files = [
            ("--tls-cert-file", &self.certificate),
            ("--tls-key-file", &self.key),
            ("--tls-ca-cert-file", &self.authority),
        ];
        let mut options = vec!["--tls-auth-clients".to_owned(), "no".to_owned()];
        for (option, file) in files {
            options.extend([option.to_owned(), text(file).to_owned()]);
        }
        options
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// A Redis server on a port of its own, which is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    port: u16,
    secured: bool,
    options: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// Starts a server with these further arguments.
    ///
    /// # Panics
    /// Without `redis-server`, or if it does not start.
    pub fn start(options: &[&str]) -> Self {
        Server::start_with(options, false)
    }

    /// Starts a server that speaks TLS alone, with this certificate and the further arguments. It
    /// asks its clients for no certificate, unless they say so.
    ///
    /// # Panics
    /// Without `redis-server`, or if it does not start.
    pub fn start_tls(certificate: &Path, key: &Path, options: &[&str]) -> Self {
        let mut all = vec!["--tls-auth-clients", "no"];
        for (option, path) in [("--tls-cert-file", certificate), ("--tls-key-file", key)] {
            all.extend([option, text(path)]);
        }
        all.extend(options);
        Server::start_with(&all, true)
    }

    fn start_with(options: &[&str], secured: bool) -> Self {
        let options: Vec<_> = options.iter().map(|option| (*option).to_owned()).collect();
        attempt(|| Server::try_start(options.clone(), secured))
    }

    /// `None` if the port is taken.
    fn try_start(options: Vec<String>, secured: bool) -> Option<Self> {
        let mut server = Server {
            port: free_port(),
            secured,
            options,
            child: None,
        };
        server.try_run().then_some(server)
    }

    /// Starts it again, on the same port.
    ///
    /// # Panics
    /// If it does not start.
    pub fn run(&mut self) {
        assert!(self.try_run(), "the server does not start again");
    }

    fn try_run(&mut self) -> bool {
        let port = self.port.to_string();
        let ports = match self.secured {
            true => ["--port", "0", "--tls-port", &port],
            false => ["--tls-port", "0", "--port", &port],
        };
        let child = Command::new("redis-server")
            .args(ports)
            .args(["--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .args(&self.options)
            .stdout(Stdio::null())
            .spawn();
        let child = self.child.insert(child.expect("`redis-server`"));
        let begun = Instant::now();
        loop {
            if child.try_wait().expect("its state").is_some() {
                return false;
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return true;
            }
            assert!(begun.elapsed() < PATIENCE, "the server does not answer");
            sleep(Duration::from_millis(10));
        }
    }

    /// What `redis-cli` says to a command.
    ///
    /// # Panics
    /// Without `redis-cli`.
    pub fn ask(&self, command: &[&str]) -> String {
        ask(self.port, self.secured, command)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its URL.
    pub fn url(&self) -> String {
        let scheme = if self.secured { "rediss" } else { "redis" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// Kills it.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Stops it where it is, until [`resume`](Server::resume).
    ///
    /// # Panics
    /// Where there is no `kill`, or the server does not run.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    ///
    /// # Panics
    /// Where there is no `kill`, or the server does not run.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let child = self.child.as_ref().expect("it runs");
        let status = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .expect("`kill`");
        assert!(status.success());
    }
}

fn ask(port: u16, secured: bool, command: &[&str]) -> String {
    let secured = secured.then_some(["--tls", "--insecure"]);
    let output = Command::new("redis-cli")
        .args(["-p", &port.to_string()])
        .args(secured.into_iter().flatten())
        .args(command)
        .stderr(Stdio::null())
        .output()
        .expect("`redis-cli`");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Another program may be given a port before the server takes it: then it is tried with another.
fn attempt<T>(start: impl FnMut() -> Option<T>) -> T {
    let mut attempts = std::iter::repeat_with(start).take(ATTEMPTS);
    attempts.find_map(|started| started).expect("it starts")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
