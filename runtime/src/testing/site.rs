//! A running endpoint in a test.

use std::{fmt, ops::Deref};

use http::Method;

use super::{
    client::Client, connect::Connect, network::Network, raw::Raw, request::Request, topic::Topic,
    visitor::Visitor,
};
use crate::endpoint::{Endpoint, Running};

/// A running endpoint in a test, with connections in memory: [`start`](super::start).
///
/// It dereferences to [`Running`], so that `site.broadcast(..)`, `site.url()` and
/// `site.shutdown().await` work, too. It begins to stop when it is dropped.
pub struct Site<E: Endpoint> {
    running: Running<E>,
    visitor: Visitor,
}

impl<E: Endpoint> Site<E> {
    pub(super) fn new(running: Running<E>, visitor: Visitor) -> Self {
        Site { running, visitor }
    }

    /// A GET request of the site's visitor.
    #[track_caller]
    pub fn get(&self, target: &str) -> Request {
        self.visitor.get(target)
    }

    /// A POST request of the site's visitor.
    #[track_caller]
    pub fn post(&self, target: &str) -> Request {
        self.visitor.post(target)
    }

    /// A request of the site's visitor, to a path that may have a query.
    #[track_caller]
    pub fn request(&self, method: Method, target: &str) -> Request {
        self.visitor.request(method, target)
    }

    /// A connection that holds channels, to a socket mounted at this path: [`Connect`] says how.
    #[track_caller]
    pub fn connect(&self, path: &str) -> Connect<Client> {
        self.visitor.connect(path)
    }

    /// A connection to a socket without channels, mounted at this path: [`Connect`] says how.
    #[track_caller]
    pub fn raw(&self, path: &str) -> Connect<Raw> {
        self.visitor.raw(path)
    }

    /// The value of a cookie of the site's visitor.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.visitor.cookie(name)
    }

    /// Sets a cookie of the site's visitor, as a response would.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.visitor.set_cookie(name, value);
    }

    /// Gives the site's visitor a session, as if a page had set it:
    /// [`Visitor::init_test_session`] has an example.
    ///
    /// # Panics
    /// When the options cannot work.
    #[cfg(feature = "tokens")]
    #[track_caller]
    pub fn init_test_session(
        &self,
        options: impl crate::session::IntoSessions,
        set: impl FnOnce(&crate::session::Session),
    ) {
        self.visitor.init_test_session(options, set);
    }

    /// Another visitor, with cookies of their own.
    pub fn visitor(&self) -> Visitor {
        self.visitor.stranger()
    }

    /// The network of its visitors: connections as bytes, for your own clients.
    pub fn network(&self) -> &Network {
        self.visitor.network()
    }

    /// Listens to the broadcasts of a topic, without a client.
    pub fn listen(&self, topic: &str) -> Topic {
        Topic::new(
            topic,
            self.running.subscribe(topic),
            self.visitor.patience(),
        )
    }
}

impl<E: Endpoint> Deref for Site<E> {
    type Target = Running<E>;

    fn deref(&self) -> &Running<E> {
        &self.running
    }
}

impl<E: Endpoint> Drop for Site<E> {
    fn drop(&mut self) {
        self.running.handle().0.stop.cancel();
    }
}

impl<E: Endpoint> fmt::Debug for Site<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Site").field(&self.running.name()).finish()
    }
}
