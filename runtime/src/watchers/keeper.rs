//! One watcher from the start of its endpoint to the stop.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{function::WatchFunction, process::Process, program};
use crate::{causes, config::WatcherCommand, contain};

/// How long after a failure a watcher is started again.
const PAUSE: Duration = Duration::from_secs(2);

/// What a watcher does.
pub(super) enum Work {
    Command(WatcherCommand),
    Function(WatchFunction),
}

/// The task of one watcher.
pub(super) struct Keeper {
    pub(super) name: String,
    /// Its place among all watchers, by which its lines are coloured.
    pub(super) index: usize,
    pub(super) work: Work,
    pub(super) stop: CancellationToken,
}

/// How one run of a watcher ended.
enum Ended {
    /// It is done, or cannot be started at all.
    ForGood,
    /// What it failed with. It is started again.
    Failed(String),
}

impl Keeper {
    /// Runs the watcher until it is done or the endpoint stops.
    pub(super) async fn run(self) {
        loop {
            let ended = match &self.work {
                Work::Command(command) => self.command(command).await,
                Work::Function(function) => self.function(function).await,
            };
            let Ended::Failed(reason) = ended else { return };
            tracing::warn!(
                "watcher `{}` {reason}: it is started again in {PAUSE:?}",
                self.name
            );
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                () = sleep(PAUSE) => {}
            }
        }
    }

    async fn command(&self, command: &WatcherCommand) -> Ended {
        let program = command.program.as_deref().unwrap_or(&self.name);
        let directory = program::directory(command);
        let missing = if !directory.is_dir() {
            Some("directory")
        } else {
            (!program::exists(program, command)).then_some("executable")
        };
        if let Some(missing) = missing {
            tracing::error!(
                "could not start watcher `{program}` from `{}`: {missing} does not exist",
                directory.display()
            );
            return Ended::ForGood;
        }
        let mut process = match Process::start(&self.name, self.index, program, command).await {
            Ok(process) => process,
            Err(error) => return Ended::Failed(format!("cannot be started: {error}")),
        };
        let ended = tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            ended = process.ended() => Some(ended),
        };
        process.finish().await;
        match ended {
            None => Ended::ForGood,
            Some(Ok(status)) if status.success() => Ended::ForGood,
            Some(Ok(status)) => Ended::Failed(format!("ended with {status}")),
            Some(Err(error)) => Ended::Failed(format!("cannot be waited for: {error}")),
        }
    }

    async fn function(&self, function: &WatchFunction) -> Ended {
        let run = async { function.start().await };
        let ended = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Ended::ForGood,
            ended = contain::run(run) => ended,
        };
        match ended {
            Ok(Ok(())) => Ended::ForGood,
            Ok(Err(error)) => {
                let said: Vec<_> = causes::chain(&*error).map(ToString::to_string).collect();
                Ended::Failed(format!("failed: {}", said.join(": ")))
            }
            Err(panic) => Ended::Failed(format!("panicked: {panic}")),
        }
    }
}
