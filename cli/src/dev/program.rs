//! The running program, with all its children.
//!
//! It is given the listening socket as systemd does it: as file descriptor 3. It leads a process
//! group. Beside it waits a shell, which ends the group when this process ends, for whatever
//! reason.

use std::{
    ffi::OsString,
    io,
    net::TcpListener,
    os::{fd::OwnedFd, unix::process::CommandExt},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// Becomes the program.
const START: &str = r#"exec 3<&0 0</dev/null; export LISTEN_PID=$$; exec "$0" "$@""#;

/// Waits for the end of its input, and ends the group: it has twelve seconds, which is more than
/// connections are given to drain by default.
const GUARD: &str = r#"
while IFS= read -r line; do :; done
kill -s TERM -- "-$1" 2>/dev/null || exit 0
n=0
while [ "$n" -lt 120 ]; do
    kill -s 0 -- "-$1" 2>/dev/null || exit 0
    sleep 0.1 2>/dev/null || sleep 1
    n=$((n + 1))
done
kill -s KILL -- "-$1" 2>/dev/null
"#;

/// The name of the socket, by which an endpoint knows it.
const NAME: &str = "landfall-dev";

/// How long the guard may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running program. When it is dropped, it ends.
pub(super) struct Program {
    leader: Child,
    guard: Child,
}

impl Program {
    pub(super) fn start(
        path: &Path,
        arguments: &[OsString],
        socket: &TcpListener,
    ) -> io::Result<Self> {
        let port = socket.local_addr()?.port();
        let socket: OwnedFd = socket.try_clone()?.into();
        let leader = Command::new("/bin/sh")
            .args(["-c", START])
            .arg(path)
            .args(arguments)
            .env("LISTEN_FDS", "1")
            .env("LISTEN_FDNAMES", NAME)
            .env("PORT", port.to_string())
            .stdin(socket)
            .process_group(0)
            .spawn()?;
        let guard = Command::new("/bin/sh")
            .args(["-c", GUARD, "landfall-guard", &leader.id().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(Program { leader, guard })
    }

    /// How it has ended by itself.
    pub(super) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.leader.try_wait()
    }

    /// Ends it, and waits until it is gone.
    pub(super) fn end(mut self) -> io::Result<()> {
        drop(self.guard.stdin.take());
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let gone = self.leader.try_wait()?;
            if self.guard.try_wait()?.is_some() && gone.is_some() {
                return Ok(());
            }
            sleep(Duration::from_millis(20));
        }
        Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the program does not end",
        ))
    }
}
