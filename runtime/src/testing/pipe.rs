//! An open connection, by either transport.

use std::{fmt, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    task::AbortHandle,
};

use super::response::Response;
use crate::message::Message;

/// Most messages that wait to be sent.
const WAITING: usize = 1024;

/// How a connection ended.
///
/// | code | when |
/// | --- | --- |
/// | 1005 | a close frame without a code |
/// | 1006 | without a close frame |
/// | 1008 | longpoll: a poll was refused |
/// | 1011 | longpoll: a request failed |
/// | 3410 | longpoll: the session is gone |
/// | any other | that of the close frame |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    code: u16,
    reason: String,
}

impl Closed {
    pub(super) fn new(code: u16, reason: impl Into<String>) -> Self {
        Closed {
            code,
            reason: reason.into(),
        }
    }

    /// The close code, as JavaScript sees it.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The text of the close frame. Without a close frame, it says what happened.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason.as_str() {
            "" => write!(f, "{}", self.code),
            reason => write!(f, "{} ({reason})", self.code),
        }
    }
}

/// Receives a connection's messages.
pub(super) trait Sink: Send + Sync {
    /// An error says what is wrong with the message, and ends the connection.
    fn message(&self, message: Message) -> Result<(), String>;

    fn closed(&self, closed: &Closed);
}

/// A command to a connection's task.
#[derive(Debug)]
pub(super) enum Order {
    Send(Message),
    Close,
}

/// An open connection. It is cut when this is dropped.
#[derive(Debug)]
pub(super) struct Pipe {
    orders: mpsc::Sender<Order>,
    closed: watch::Receiver<Option<Closed>>,
    task: AbortHandle,
    pub(super) response: Response,
    pub(super) patience: Duration,
}

impl Pipe {
    /// Starts the task of a connection.
    pub(super) fn new<F>(
        sink: Arc<dyn Sink>,
        response: Response,
        patience: Duration,
        run: impl FnOnce(mpsc::Receiver<Order>, Arc<dyn Sink>) -> F,
    ) -> Self
    where
        F: Future<Output = Closed> + Send + 'static,
    {
        let (orders, ordered) = mpsc::channel(WAITING);
        let (tell, closed) = watch::channel(None);
        let running = run(ordered, sink.clone());
        let task = tokio::spawn(async move {
            let closed = running.await;
            sink.closed(&closed);
            tell.send_replace(Some(closed));
        });
        Pipe {
            orders,
            closed,
            task: task.abort_handle(),
            response,
            patience,
        }
    }

    /// Sends a message, by the connection's task.
    #[track_caller]
    pub(super) fn send(&self, message: Message, what: impl fmt::Display) {
        match self.orders.try_send(Order::Send(message)) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                panic!(
                    "{what} was not sent: {WAITING} messages wait already; await something in between"
                )
            }
            Err(mpsc::error::TrySendError::Closed(_)) => match self.closed() {
                Some(closed) => panic!("{what} was not sent: the connection closed with {closed}"),
                None => panic!("{what} was not sent: the connection is closing"),
            },
        }
    }

    /// Tells the connection to end. It may have ended already.
    pub(super) async fn close(&self) {
        let _ = self.orders.send_timeout(Order::Close, self.patience).await;
    }

    pub(super) fn closed(&self) -> Option<Closed> {
        self.closed.borrow().clone()
    }

    /// Waits for the end; `None` if it does not come in time.
    pub(super) async fn wait_closed(&self) -> Option<Closed> {
        let mut closed = self.closed.clone();
        let closed = tokio::time::timeout(self.patience, closed.wait_for(Option::is_some))
            .await
            .ok()?;
        closed.ok().and_then(|closed| closed.clone())
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.task.abort();
    }
}
