//! A program, where there are no process groups: only it is ended, and not its children.

use std::{
    io,
    process::{ExitStatus, Stdio},
};

use tokio::process::{Child, Command};

use super::program;
use crate::config::WatcherCommand;

/// A running program. If it is dropped, it is killed.
pub(super) struct Process {
    leader: Child,
}

impl Process {
    /// Starts a program, which writes to our standard output itself.
    pub(super) async fn start(
        _: &str,
        _: usize,
        program: &str,
        command: &WatcherCommand,
    ) -> io::Result<Self> {
        let mut leader = Command::new(program);
        leader
            .args(&command.args)
            .current_dir(program::directory(command))
            .stdin(Stdio::piped())
            .kill_on_drop(true);
        for (name, value) in &command.env {
            match value {
                Some(value) => leader.env(name, value),
                None => leader.env_remove(name),
            };
        }
        let leader = leader.spawn()?;
        Ok(Process { leader })
    }

    /// Waits until the program has ended.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.leader.wait().await
    }

    /// Ends the program.
    pub(super) async fn finish(mut self) {
        let _ = self.leader.kill().await;
    }
}
