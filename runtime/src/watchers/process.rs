//! A program with all its children.
//!
//! The program leads a process group of its own, so that signals of a terminal do not reach it, and
//! all that it starts can be ended together. Beside it waits a guard, a shell that does nothing
//! until its standard input is closed: by us, or by the system when this process dies for whatever
//! reason. The program's own input ends then, too. After half a second the guard tells the group to
//! end, and after two more it kills it. The program is started by a shell that first waits for a
//! word from us, and then becomes the program: there is no moment at which it runs without a guard.
//!
//! `PR_SET_PDEATHSIG` would reach the program alone, not its children, and needs `unsafe` code.

use std::{
    io,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::AsyncWriteExt,
    net::unix::pipe,
    process::{Child, ChildStdin, Command},
    task::JoinHandle,
    time::timeout,
};

use super::{output, program};
use crate::{config::WatcherCommand, task::boxed};

/// Becomes the program once it is told to. Without the word, this process has died.
const GATE: &str = r#"IFS= read -r go && exec "$@""#;

/// Waits for the end of its input, and ends the group.
const GUARD: &str = r#"
while IFS= read -r line; do :; done
n=0
while [ "$n" -lt 25 ]; do
    kill -s 0 -- "-$1" 2>/dev/null || exit 0
    [ "$n" -ne 5 ] || kill -s TERM -- "-$1" 2>/dev/null
    sleep 0.1 2>/dev/null || sleep 1
    n=$((n + 1))
done
kill -s KILL -- "-$1" 2>/dev/null
"#;

/// What is given to this process alone.
const OWN_VARIABLES: [&str; 6] = [
    "LISTEN_FDS",
    "LISTEN_FDNAMES",
    "LISTEN_PID",
    "NOTIFY_SOCKET",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
];

/// How long a group may take to end. Its guard kills it after two and a half seconds.
const PATIENCE: Duration = Duration::from_secs(6);

/// How long lines are waited for that are on their way when all processes are gone.
const LAST_LINES: Duration = Duration::from_millis(500);

/// A running program. If it is dropped, the guard ends it.
pub(super) struct Process {
    leader: Child,
    guard: Child,
    /// The ends of what both read from.
    inputs: Option<[ChildStdin; 2]>,
    lines: JoinHandle<()>,
}

impl Process {
    /// Starts a program. What it writes goes to our standard output.
    pub(super) async fn start(
        name: &str,
        index: usize,
        program: &str,
        command: &WatcherCommand,
    ) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        let lines = pipe::Receiver::from_owned_fd(reader.into())?;
        let mut leader = shell(GATE);
        leader
            .arg("landfall-watcher")
            .arg(program)
            .args(&command.args)
            .current_dir(program::directory(command))
            .stdout(writer.try_clone()?)
            .stderr(writer);
        for (name, value) in &command.env {
            match value {
                Some(value) => leader.env(name, value),
                None => leader.env_remove(name),
            };
        }
        let mut leader = leader.spawn()?;
        let group = leader.id().unwrap_or_default();
        let mut guard = shell(GUARD)
            .args(["landfall-guard", &group.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let inputs = (leader.stdin.take(), guard.stdin.take());
        let (Some(mut gate), Some(guarded)) = inputs else {
            return Err(io::Error::other("a shell has no input"));
        };
        gate.write_all(b"go\n").await?;
        Ok(Process {
            leader,
            guard,
            inputs: Some([gate, guarded]),
            lines: tokio::spawn(boxed(output::copy(name.to_owned(), index, lines))),
        })
    }

    /// Waits until the program has ended. Children of it may go on.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.leader.wait().await
    }

    /// Ends the program and all its children, and waits until they are gone.
    pub(super) async fn finish(mut self) {
        self.inputs = None;
        let gone = async { tokio::join!(self.guard.wait(), self.leader.wait()) };
        if timeout(PATIENCE, gone).await.is_err() {
            tracing::error!("processes of a watcher do not end");
        }
        if timeout(LAST_LINES, &mut self.lines).await.is_err() {
            self.lines.abort();
        }
    }
}

/// A shell with this script, which leads a group of its own and reads from us.
fn shell(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", script])
        .stdin(Stdio::piped())
        .process_group(0);
    for name in OWN_VARIABLES {
        command.env_remove(name);
    }
    command
}
