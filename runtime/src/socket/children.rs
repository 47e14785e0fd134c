//! Tasks that belong to a socket type.

use std::{fmt, future::Future, pin::Pin};

use super::Mounted;
use crate::handle::Handle;

type Start = Box<dyn Fn(Handle) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Collects the tasks of a socket type: see [`Socket::children`](crate::Socket::children).
///
/// Children belong to the type, not to a mount: there is one set of them in a running endpoint.
/// [`mounts`](Children::mounts) says where the endpoint mounts the type, and with which options:
///
/// ```
/// use std::time::Duration;
///
/// use landfall::{mount::Timeout, prelude::*, socket::Children};
///
/// struct Room;
///
/// #[socket]
/// impl Room {
///     fn children(children: &mut Children) {
///         // As often as the most impatient mount needs it.
///         let timeouts = children.mounts().iter().filter_map(|mount| match mount.websocket?.timeout {
///             Timeout::After(time) => Some(time),
///             _ => None,
///         });
///         let every = timeouts.min().unwrap_or(Duration::from_secs(60)) / 2;
///         children.add("pulse", move |handle| async move {
///             loop {
///                 tokio::time::sleep(every).await;
///                 let _ = handle.broadcast("room:all", "pulse", "");
///             }
///         });
///     }
///
///     async fn connect() -> Result<Self, Refused> {
///         Ok(Room)
///     }
///
///     async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
/// }
///
/// endpoint! {
///     struct Web;
///     socket("/room", Room);
///     socket("/kiosk", Room, websocket(timeout = secs(10)));
/// }
/// ```
///
/// A child that returns is done. A child that panics is started again, at most three times in five
/// seconds. Past that the endpoint stops, because a necessary part of it cannot run.
#[derive(Default)]
pub struct Children {
    specs: Vec<ChildSpec>,
    mounts: Vec<Mounted>,
}

/// A child, not started yet.
pub(crate) struct ChildSpec {
    pub(crate) name: &'static str,
    pub(crate) start: Start,
}

impl Children {
    pub(crate) fn of(mounts: Vec<Mounted>) -> Self {
        Children {
            specs: Vec::new(),
            mounts,
        }
    }

    /// The mounts of the socket type in the endpoint that starts, in the order of the declaration.
    pub fn mounts(&self) -> &[Mounted] {
        &self.mounts
    }

    /// Adds a task. `start` is called with the handle of the running endpoint: once, and again
    /// after each panic.
    pub fn add<F, Fut>(&mut self, name: &'static str, start: F)
    where
        F: Fn(Handle) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.specs.push(ChildSpec {
            name,
            start: Box::new(move |handle| Box::pin(start(handle))),
        });
    }

    pub(crate) fn into_specs(self) -> Vec<ChildSpec> {
        self.specs
    }
}

impl fmt::Debug for Children {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.specs.iter().map(|child| child.name))
            .finish()
    }
}
