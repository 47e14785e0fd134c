//! Sockets that are handed over as systemd does: file descriptors from 3 on, and variables that
//! tell of them.

use std::{
    io::{BufRead, BufReader, Read},
    net::{SocketAddr, TcpListener},
    os::{
        fd::OwnedFd,
        unix::net::{UnixListener, UnixStream},
    },
    process::{Child, ChildStderr, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use landfall_tests::wire::{Connection, Request};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(20);

/// A server with sockets that were handed over, until it is dropped.
struct Handed {
    process: Child,
    lines: BufReader<ChildStderr>,
}

/// What systemd does: up to two sockets, the first of them file descriptor 3. The shell's process
/// becomes the server's.
fn start(sockets: impl IntoIterator<Item = OwnedFd>, variables: &str, places: &str) -> Handed {
    let sockets: Vec<OwnedFd> = sockets.into_iter().collect();
    let script = format!(
        "exec 3<&0 4<&1 0</dev/null 1>&2; [ {count} = 2 ] || exec 4<&-; \
         export LISTEN_PID=$$ LISTEN_FDS={count} {variables}; exec \"$0\"",
        count = sockets.len()
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_moored")]);
    command.env("PLACES", places).stderr(Stdio::piped());
    let mut sockets = sockets.into_iter();
    command.stdin(sockets.next().map_or_else(Stdio::null, Stdio::from));
    command.stdout(sockets.next().map_or_else(Stdio::null, Stdio::from));
    let mut process = command.spawn().expect("a shell");
    let lines = BufReader::new(process.stderr.take().expect("a pipe"));
    Handed { process, lines }
}

impl Handed {
    /// What the server prints about its next listener.
    fn listening(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        let place = line.trim().strip_prefix("listening ");
        place.unwrap_or_else(|| panic!("{line:?}")).to_owned()
    }

    fn terminate(&self) {
        let process = self.process.id().to_string();
        let status = Command::new("kill").args(["-TERM", &process]).status();
        assert!(status.expect("`kill`").success());
    }

    /// Waits for the end: the exit code, and what the server printed.
    fn end(&mut self) -> (Option<i32>, String) {
        let began = Instant::now();
        let status = loop {
            match self.process.try_wait().expect("a process") {
                Some(status) => break status,
                None if began.elapsed() > PATIENCE => panic!("it goes on"),
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let mut rest = String::new();
        self.lines.read_to_string(&mut rest).expect("its output");
        (status.code(), rest)
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn tcp() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

fn fd(listener: &TcpListener) -> OwnedFd {
    listener.try_clone().expect("a socket").into()
}

async fn get(address: SocketAddr) -> std::io::Result<Option<u16>> {
    let stream = TcpStream::connect(address).await?;
    let answer = Connection::over(stream).request(&Request::get("/")).await;
    Ok(answer.ok().map(|answer| answer.status))
}

/// As `landfall dev` does it: the declaration has an address, and knows nothing of a socket.
#[tokio::test]
async fn a_socket_of_landfall_dev_is_taken_for_its_port() {
    let (web, address) = tcp();
    let variables = format!("LISTEN_FDNAMES=landfall-dev PORT={}", address.port());
    let mut server = start([fd(&web)], &variables, "127.0.0.1");
    assert_eq!(server.listening(), address.port().to_string());
    assert_eq!(get(address).await.expect("it listens"), Some(200));
    server.terminate();
    assert_eq!(server.end().0, Some(0));
    // It is still open here: who connects waits for the next program.
    let waits = tokio::spawn(get(address));
    let mut server = start([fd(&web)], &variables, "127.0.0.1");
    assert_eq!(server.listening(), address.port().to_string());
    assert_eq!(
        waits.await.expect("no panic").expect("nobody is refused"),
        Some(200)
    );

    // A socket with another port is not for it.
    let (other, _) = tcp();
    let variables = "LISTEN_FDNAMES=landfall-dev PORT=0";
    let mut server = start([fd(&other)], variables, "127.0.0.1");
    assert_ne!(
        server.listening(),
        other.local_addr().expect("an address").port().to_string()
    );
}

#[tokio::test]
async fn sockets_are_taken_by_name_and_their_addresses_are_told() {
    let (web, address) = tcp();
    let path = std::env::temp_dir().join(format!("landfall-handed-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let local = UnixListener::bind(&path).expect("a socket");
    let mut server = start(
        [fd(&web), local.into()],
        "LISTEN_FDNAMES=web:local",
        "systemd:web,systemd:local",
    );
    assert_eq!(server.listening(), address.port().to_string());
    assert_eq!(server.listening(), path.display().to_string());
    assert_eq!(get(address).await.expect("it listens"), Some(200));
    UnixStream::connect(&path).expect("it listens");
    server.terminate();
    assert_eq!(server.end().0, Some(0));
    assert!(path.exists(), "the file is systemd's");
    std::fs::remove_file(path).expect("a file");
}

#[test]
fn without_a_name_all_sockets_are_taken() {
    let [(one, first), (two, second)] = [tcp(), tcp()];
    let mut server = start([fd(&one), fd(&two)], "LISTEN_FDNAMES=", "systemd");
    assert_eq!(server.listening(), first.port().to_string());
    assert_eq!(server.listening(), second.port().to_string());
    server.terminate();
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn a_wrong_or_missing_socket_is_an_error_at_start() {
    let [(web, _), (other, address)] = [tcp(), tcp()];
    let connected = std::net::TcpStream::connect(address).expect("it listens");
    let named = "LISTEN_FDNAMES=web";
    let file = || OwnedFd::from(std::fs::File::open("/dev/null").expect("a file"));
    for (sockets, variables, places, said) in [
        (
            vec![],
            "LISTEN_FDS=",
            "systemd",
            "cannot listen on systemd: no socket was handed over: `LISTEN_FDS` is not set",
        ),
        (
            vec![fd(&web)],
            named,
            "systemd:wbe",
            "on systemd:wbe: no socket with the name `wbe` was handed over, but `web`",
        ),
        (
            vec![fd(&web)],
            "LISTEN_FDNAMES=web LISTEN_PID=1",
            "systemd:web",
            "on systemd:web: the sockets are for process 1 (`LISTEN_PID`), this is process",
        ),
        (
            vec![file()],
            named,
            "systemd:web",
            "on systemd:web: socket `web`: fd 3 is not a socket",
        ),
        (
            vec![connected.into()],
            named,
            "systemd",
            "on systemd: socket `web`: it does not listen",
        ),
    ] {
        let mut server = start(sockets, variables, places);
        let (code, printed) = server.end();
        assert_eq!(code, Some(1), "{printed}");
        assert!(printed.contains(said), "{said}: {printed}");
    }
    drop(other);
}

/// Connections wait in the socket while no server has it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_refuses_no_connection() {
    let (listener, address) = tcp();
    let start = || start([fd(&listener)], "LISTEN_FDNAMES=web", "systemd:web");
    let mut server = start();
    server.listening();
    let (done, answered) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let clients = [(); 4].map(|()| {
        let (done, answered) = (done.clone(), answered.clone());
        tokio::spawn(async move {
            while !done.load(Relaxed) {
                // One that was accepted just before the stop may end without an answer.
                while get(address).await.expect("no connection is refused") != Some(200) {}
                answered.fetch_add(1, Relaxed);
            }
        })
    });
    let more = async |wanted: usize| {
        let from = answered.load(Relaxed);
        let enough = || answered.load(Relaxed) >= from + wanted;
        landfall_tests::wait::until("clients are answered", enough).await;
    };
    for _ in 0..3 {
        more(20).await;
        server.terminate();
        assert_eq!(server.end().0, Some(0));
        server = start();
        server.listening();
    }
    more(20).await;
    done.store(true, Relaxed);
    for client in clients {
        client.await.expect("no connection is refused");
    }
    server.terminate();
    assert_eq!(server.end().0, Some(0));
}

/// Variables and sockets are for the server alone.
#[cfg(target_os = "linux")]
#[test]
fn children_do_not_inherit_them() {
    let (listener, _) = tcp();
    let mut server = start(
        [fd(&listener)],
        "LISTEN_FDNAMES=web CHILD=yes",
        "systemd:web",
    );
    server.listening();
    let mut line = String::new();
    server.lines.read_line(&mut line).expect("a line");
    assert_eq!(line.trim(), "child none none");
    server.terminate();
    assert_eq!(server.end().0, Some(0));
}
