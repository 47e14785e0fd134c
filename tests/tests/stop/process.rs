//! A server in a process of its own: signals, exit codes, systemd.

use std::{
    io::{BufRead, BufReader, Read},
    net::{Ipv4Addr, TcpListener},
    os::unix::net::UnixDatagram,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use landfall_tests::{client::Client, wire::Frame};

/// The server, until it is dropped.
pub(crate) struct Moored {
    process: Child,
    pub(crate) port: u16,
    lines: BufReader<std::process::ChildStdout>,
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moored"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Moored {
    pub(crate) fn start(set: impl FnOnce(&mut Command)) -> Self {
        let mut command = command();
        set(&mut command);
        let mut process = command.spawn().expect("the server starts");
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("a line");
        let port = line.trim().strip_prefix("listening ");
        let port = port.and_then(|port| port.parse().ok());
        Moored {
            process,
            port: port.unwrap_or_else(|| panic!("{line:?}")),
            lines,
        }
    }

    pub(crate) fn signal(&self, signal: &str) {
        let process = self.process.id().to_string();
        let status = Command::new("kill").args([signal, &process]).status();
        assert!(status.expect("`kill`").success());
    }

    /// Waits for the end: the exit code, how many messages were handled, what went to stderr.
    pub(crate) fn end(&mut self, patience: Duration) -> (ExitStatus, Option<usize>, String) {
        let began = Instant::now();
        let status = loop {
            match self.process.try_wait().expect("a process") {
                Some(status) => break status,
                None if began.elapsed() > patience => panic!("still there after {patience:?}"),
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let (mut rest, mut errors) = (String::new(), String::new());
        self.lines.read_to_string(&mut rest).expect("its output");
        let mut stderr = self.process.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut errors).expect("its output");
        let handled = rest.trim().strip_prefix("handled ");
        (status, handled.and_then(|count| count.parse().ok()), errors)
    }
}

impl Drop for Moored {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn an_orderly_end_is_exit_code_0_by_either_signal() {
    for signal in ["-TERM", "-INT"] {
        let mut moored = Moored::start(|_| {});
        moored.signal(signal);
        let (status, handled, errors) = moored.end(Duration::from_secs(5));
        assert_eq!((status.code(), handled), (Some(0), Some(0)), "{errors}");
    }
}

/// A callback that blocks its thread would delay the end of the runtime and of `main`.
#[tokio::test]
async fn a_second_signal_ends_the_process_though_a_callback_blocks() {
    let mut moored = Moored::start(|_| {});
    let mut client = Client::open(moored.port, "/echo/websocket").await;
    client.text("block").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    moored.signal("-TERM");
    tokio::time::sleep(Duration::from_millis(300)).await;
    moored.signal("-TERM");
    // Sockets have ten seconds, and the callback would take a minute.
    let (status, _, errors) = moored.end(Duration::from_secs(5));
    assert_eq!(status.code(), Some(1), "{errors}");
}

/// The drainer of a mount reads the environment.
#[tokio::test]
async fn sockets_are_drained_as_the_environment_says() {
    let mut moored = Moored::start(|command| {
        command.env("BATCH", "1").env("INTERVAL", "400ms");
    });
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(Client::open(moored.port, "/echo/websocket").await);
    }
    moored.signal("-TERM");
    let began = Instant::now();
    for mut client in clients {
        assert_eq!(client.hear_close().await, Some(1012));
        client.send(Frame::close(1012, b"")).await;
    }
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(700), "{took:?}");
    assert_eq!(moored.end(Duration::from_secs(5)).0.code(), Some(0));
}

#[test]
fn a_start_that_fails_is_exit_code_1() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    for (name, value, said) in [
        ("PORT", port.as_str(), "cannot listen on 127.0.0.1:"),
        ("PORT", "many", "`http.port` from env PORT"),
        (
            "BATCH",
            "0",
            "`batch_size` must be positive (`drainer.batch_size of /echo` from env BATCH)",
        ),
        ("INTERVAL", "1m", "is already longer than its `shutdown`"),
    ] {
        let output = command().env(name, value).output().expect("a process");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert!(errors.contains(said), "{errors}");
    }
}

#[test]
fn systemd_is_told_of_the_start_of_life_and_of_the_stop() {
    let path = std::env::temp_dir().join(format!("landfall-moored-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket
        .set_read_timeout(Some(Duration::from_secs(5)))
        .expect("a timeout");
    let hear = || {
        let mut state = [0; 64];
        let length = socket.recv(&mut state).expect("a state");
        String::from_utf8_lossy(&state[..length]).into_owned()
    };
    let mut moored = Moored::start(|command| {
        command
            .env("NOTIFY_SOCKET", &path)
            .env("WATCHDOG_USEC", "200000");
    });
    assert_eq!(hear(), "READY=1");
    for _ in 0..3 {
        assert_eq!(hear(), "WATCHDOG=1");
    }
    moored.signal("-TERM");
    let stopping = std::iter::repeat_with(hear).find(|state| state != "WATCHDOG=1");
    assert_eq!(stopping.as_deref(), Some("STOPPING=1"));
    let (status, ..) = moored.end(Duration::from_secs(5));
    assert_eq!(status.code(), Some(0));
    std::fs::remove_file(path).expect("the socket's file");
}
