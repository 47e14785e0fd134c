//! The tasks of an endpoint's sockets. They start before it listens, and again after a panic,
//! within a limit.

use std::{
    any::TypeId, collections::HashMap, future::poll_fn, sync::Arc, task::Poll, time::Duration,
};

use tokio::{
    sync::oneshot,
    task::{Id, JoinSet},
    time::{Instant, timeout},
};

use crate::{
    handle::Handle,
    pubsub::adapter::Async,
    socket::{ChildSpec, Children, Drainer},
    task::boxed,
    transport::Mount,
};

/// How many panics of one child are tolerated in [`WINDOW`].
const FORGIVEN: usize = 3;
const WINDOW: Duration = Duration::from_secs(5);

/// How long a cancelled child may take to reach its next `.await`, where it ends.
const PATIENCE: Duration = Duration::from_secs(5);

/// A child that panicked too often.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed {
    pub(super) socket: &'static str,
    pub(super) child: &'static str,
}

/// The children of all sockets.
pub(super) struct Supervisor {
    handle: Handle,
    children: Vec<Child>,
    running: JoinSet<()>,
    /// The index of the child that a task runs.
    tasks: HashMap<Id, usize>,
}

struct Child {
    socket: &'static str,
    spec: Arc<ChildSpec>,
    panics: Vec<Instant>,
}

/// The children of an endpoint's sockets: one set for each socket type, even if it is mounted
/// twice. `drainers` are those of the mounts.
pub(super) fn specs(
    mounts: &[Mount],
    drainers: &[Option<Drainer>],
) -> Vec<(&'static str, ChildSpec)> {
    let mut known: Vec<TypeId> = Vec::new();
    let mut specs = Vec::new();
    for mount in mounts {
        let socket = (mount.socket.type_id)();
        if !known.contains(&socket) {
            known.push(socket);
            let same = mounts
                .iter()
                .zip(drainers)
                .filter(|(other, _)| (other.socket.type_id)() == socket);
            let mut children =
                Children::of(same.map(|(mount, drainer)| mount.seen(*drainer)).collect());
            (mount.socket.children)(&mut children);
            specs.extend(
                children
                    .into_specs()
                    .into_iter()
                    .map(|spec| (mount.socket.name, spec)),
            );
        }
    }
    specs
}

impl Supervisor {
    /// Starts all children, and waits until each has run up to its first `.await`.
    pub(super) fn start(
        specs: Vec<(&'static str, ChildSpec)>,
        handle: Handle,
    ) -> Async<'static, Self> {
        Box::pin(Self::start_all(specs, handle))
    }

    async fn start_all(specs: Vec<(&'static str, ChildSpec)>, handle: Handle) -> Self {
        let child = |(socket, spec)| Child {
            socket,
            spec: Arc::new(spec),
            panics: Vec::new(),
        };
        let children: Vec<_> = specs.into_iter().map(child).collect();
        let mut supervisor = Supervisor {
            handle,
            children,
            running: JoinSet::new(),
            tasks: HashMap::new(),
        };
        let started: Vec<_> = (0..supervisor.children.len())
            .map(|child| supervisor.spawn(child))
            .collect();
        for child in started {
            // An error means that the child panicked. `supervise` handles that.
            let _ = child.await;
        }
        supervisor
    }

    /// Starts children again until one fails for good.
    pub(super) async fn supervise(&mut self) -> Failed {
        loop {
            let Some(ended) = self.running.join_next_with_id().await else {
                return std::future::pending().await;
            };
            let (id, panicked) = match ended {
                Ok((id, ())) => (id, false),
                Err(error) => (error.id(), error.is_panic()),
            };
            let Some(child) = self.tasks.remove(&id) else {
                continue;
            };
            if !panicked {
                continue;
            }
            if let Err(failed) = self.forgive(child) {
                return failed;
            }
            drop(self.spawn(child));
        }
    }

    fn forgive(&mut self, child: usize) -> Result<(), Failed> {
        let Child {
            socket,
            spec,
            panics,
        } = &mut self.children[child];
        let (socket, child) = (*socket, spec.name);
        let now = Instant::now();
        panics.retain(|earlier| now.duration_since(*earlier) < WINDOW);
        panics.push(now);
        if panics.len() > FORGIVEN {
            tracing::error!(
                socket,
                child,
                "a child panicked too often: the endpoint stops"
            );
            return Err(Failed { socket, child });
        }
        tracing::error!(socket, child, "a child panicked, and is started again");
        Ok(())
    }

    fn spawn(&mut self, child: usize) -> oneshot::Receiver<()> {
        let (spec, handle) = (self.children[child].spec.clone(), self.handle.clone());
        let tasks = handle.0.tasks.clone();
        let (started, start) = oneshot::channel();
        // `start` is called inside the task, so that its panic counts as the child's.
        let run = async move {
            let mut child = (spec.start)(handle);
            let first = poll_fn(|cx| Poll::Ready(child.as_mut().poll(cx))).await;
            let _ = started.send(());
            if first.is_pending() {
                child.await;
            }
        };
        let task = self.running.spawn(tasks.track_future(boxed(run)));
        self.tasks.insert(task.id(), child);
        start
    }

    /// Cancels all children, and waits until they are gone.
    pub(super) async fn stop(mut self) {
        if timeout(PATIENCE, self.running.shutdown()).await.is_err() {
            let left = self.running.len();
            tracing::error!(left, "children block their threads and cannot be stopped");
        }
    }
}
