//! A Redis server of a test's own.

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

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
            all.extend([option, path.to_str().expect("a path in UTF-8")]);
        }
        all.extend(options);
        Server::start_with(&all, true)
    }

    fn start_with(options: &[&str], secured: bool) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let mut server = Server {
            port,
            secured,
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            child: None,
        };
        server.run();
        server
    }

    /// Starts it again, on the same port.
    ///
    /// # Panics
    /// If it does not start.
    pub fn run(&mut self) {
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
        self.child = Some(child.expect("`redis-server`"));
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the server does not start");
            sleep(Duration::from_millis(10));
        }
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

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
