//! Watches files, and tells pages and topics of changes.

use std::{
    env, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode, ModifyKind},
};
use regex_lite::Regex;
use serde_json::json;
use tokio::{sync::mpsc, time::sleep};

use super::{
    channel::{CHANGE, TOPIC},
    walk,
};
use crate::{
    config::{LiveReloadConfig, Patterns},
    handle::Handle,
};

/// The maximum number of changes that wait. Pages are told of the first ones.
const WAITING: usize = 1024;

/// The maximum number of changes that are told together.
const TOGETHER: usize = 4096;

/// Watches the directories of an endpoint.
pub(super) struct Monitor {
    watcher: RecommendedWatcher,
    changes: mpsc::Receiver<PathBuf>,
    watched: usize,
}

impl Monitor {
    /// Begins to watch. It reads directories, and blocks its thread meanwhile.
    ///
    /// # Errors
    /// When a directory does not exist, or the system watches no more of them.
    pub(super) fn start(live: &LiveReloadConfig) -> io::Result<Self> {
        let (send, changes) = mpsc::channel(WAITING);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            if changes_a_file(event.kind) {
                for path in event.paths {
                    let _ = send.try_send(path);
                }
            }
        });
        let mut monitor = Monitor {
            watcher: watcher.map_err(io::Error::other)?,
            changes,
            watched: 0,
        };
        let here = env::current_dir()?;
        for directory in live.dirs.iter() {
            monitor.add(&here.join(directory).canonicalize()?)?;
        }
        Ok(monitor)
    }

    /// Watches a directory and all below it. Returns the files in them.
    fn add(&mut self, root: &Path) -> io::Result<Vec<PathBuf>> {
        let (directories, files) = walk::below(root);
        for directory in directories {
            if self.watched >= walk::MOST {
                return Err(io::Error::other(format!(
                    "there are more than {} directories",
                    walk::MOST
                )));
            }
            self.watched += 1;
            self.watcher
                .watch(&directory, RecursiveMode::NonRecursive)
                .map_err(io::Error::other)?;
        }
        Ok(files)
    }

    /// Tells of changes, until the endpoint stops.
    pub(super) async fn run(mut self, handle: Handle) {
        let mut known = Known::default();
        loop {
            let first = tokio::select! {
                biased;
                () = handle.0.stop.cancelled() => return,
                change = self.changes.recv() => change,
            };
            let (Some(first), Some(live)) = (first, handle.config().live_reload.clone()) else {
                return;
            };
            sleep(live.debounce).await;
            let mut paths = vec![first];
            while let (true, Ok(path)) = (paths.len() < TOGETHER, self.changes.try_recv()) {
                paths.push(path);
            }
            paths.dedup();
            self.add_new(&mut paths);
            known.tell(&paths, &live, &handle);
        }
    }

    /// Watches directories that came into being. The files that they have by now are new, too.
    fn add_new(&mut self, paths: &mut Vec<PathBuf>) {
        for path in paths.clone() {
            if walk::is_new(&path) {
                match self.add(&path) {
                    Ok(files) => paths.extend(files),
                    Err(error) => tracing::warn!("files are not watched any more: {error}"),
                }
            }
        }
    }
}

/// Whether a file has a new content, or a directory other files. On Linux, a file that is written
/// counts when it is closed.
fn changes_a_file(kind: EventKind) -> bool {
    match kind {
        EventKind::Create(_) | EventKind::Remove(_) => true,
        EventKind::Modify(ModifyKind::Metadata(_)) => false,
        EventKind::Modify(ModifyKind::Data(_)) => cfg!(not(target_os = "linux")),
        EventKind::Modify(_) => true,
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        _ => false,
    }
}

/// Expressions that are compiled already.
#[derive(Default)]
struct Known(Vec<(Patterns, Arc<[Regex]>)>);

impl Known {
    /// The maximum number of lists. A reload may bring others.
    const MOST: usize = 64;

    fn regexes(&mut self, patterns: &Patterns) -> Arc<[Regex]> {
        if let Some((_, regexes)) = self.0.iter().find(|(known, _)| known == patterns) {
            return regexes.clone();
        }
        let regexes: Arc<[Regex]> = patterns
            .iter()
            .filter_map(|pattern| Regex::new(pattern).ok())
            .collect();
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        self.0.push((patterns.clone(), regexes.clone()));
        regexes
    }

    fn tell(&mut self, paths: &[PathBuf], live: &LiveReloadConfig, handle: &Handle) {
        let regexes = self.regexes(&live.patterns);
        let mut kinds = Vec::new();
        for path in paths.iter().filter(|path| matches(path, &regexes)) {
            let extension = path.extension().unwrap_or_default();
            let kind = extension.to_string_lossy().into_owned();
            if !kinds.contains(&kind) {
                tracing::debug!("live reload: {}", path.display());
                kinds.push(kind);
            }
        }
        for kind in kinds {
            send(handle, TOPIC, CHANGE, json!({ "asset_type": kind }));
        }
        for (topic, patterns) in &live.notify.0 {
            let regexes = self.regexes(patterns);
            for path in paths.iter().filter(|path| matches(path, &regexes)) {
                let payload = json!({ "topic": topic, "path": path.to_string_lossy() });
                send(handle, topic, "phoenix_live_reload", payload);
            }
        }
    }
}

fn matches(path: &Path, regexes: &[Regex]) -> bool {
    let text = path.to_string_lossy().replace('\\', "/");
    !text.contains("/_build/") && regexes.iter().any(|regex| regex.is_match(&text))
}

pub(super) fn send(handle: &Handle, topic: &str, event: &str, payload: serde_json::Value) {
    if let Err(error) = handle.local_broadcast(topic, event, payload) {
        tracing::debug!(%error, "pages are not told of a change");
    }
}
