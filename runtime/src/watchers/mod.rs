//! The programs and functions that run beside an endpoint: `watchers(..)`.
//!
//! Each has a task. It starts what failed again, and ends what runs when the endpoint stops.

// | file | what |
// | --- | --- |
// | `function` | a function of the declaration |
// | `program` | looks the program of a command line up |
// | `process` | a program with all its children, and its end |
// | `output` | what a program writes, line by line |
// | `keeper` | one watcher: runs it, and again after a failure |

mod function;
mod keeper;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod process;
#[cfg(not(unix))]
#[path = "process_off.rs"]
mod process;
mod program;

use std::time::Duration;

use tokio::{task::JoinSet, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::function::{WatchFunction, Watched};
use self::keeper::{Keeper, Work};
use crate::config;
use crate::task::boxed;

/// How long the end of all watchers may take: they have 2 s, and then they are killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// The watchers of a running endpoint. If it is dropped, they end, too.
pub(crate) struct Watchers {
    stop: CancellationToken,
    running: JoinSet<()>,
}

impl Watchers {
    /// Starts all of them. `functions` are those of the declaration, by name.
    pub(crate) fn start(
        watchers: &config::Watchers,
        functions: Vec<(&'static str, WatchFunction)>,
        tasks: &TaskTracker,
    ) -> Self {
        let (stop, mut running) = (CancellationToken::new(), JoinSet::new());
        let mut functions: Vec<_> = functions.into_iter().map(Some).collect();
        for (index, (name, watcher)) in watchers.iter().enumerate() {
            let work = match watcher.as_command() {
                Some(command) => Work::Command(command.clone()),
                None => {
                    let of_name = |slot: &&mut Option<(&str, WatchFunction)>| {
                        slot.as_ref().is_some_and(|(other, _)| *other == name)
                    };
                    let slot = functions.iter_mut().rfind(of_name);
                    let Some((_, function)) = slot.and_then(Option::take) else {
                        tracing::error!("the declaration has no function for watcher `{name}`");
                        continue;
                    };
                    Work::Function(function)
                }
            };
            let keeper = Keeper {
                name: name.to_owned(),
                index,
                work,
                stop: stop.clone(),
            };
            running.spawn(tasks.track_future(boxed(keeper.run())));
        }
        Watchers { stop, running }
    }

    /// Ends all watchers, and waits until they and their children are gone.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        let all = async { while self.running.join_next().await.is_some() {} };
        if timeout(PATIENCE, all).await.is_err() {
            tracing::error!(left = self.running.len(), "watchers do not end");
            self.running.shutdown().await;
        }
    }
}
