//! A socket without channels.

use std::{fmt, sync::Arc};

use super::{
    caller::Caller,
    inbox::{End, Inbox},
    payload::shortened,
    pipe::{Closed, Pipe, Sink},
    response::Response,
};
use crate::message::Message;

/// A connection to a socket without channels: [`Site::raw`](super::Site::raw). It is cut when it is
/// dropped.
///
/// Pings are answered.
#[derive(Debug)]
pub struct Raw {
    path: String,
    inbox: Arc<Inbox<Came>>,
    pipe: Pipe,
}

/// A message in the text of a failure.
#[derive(Debug)]
pub(super) struct Came(Message);

impl fmt::Display for Came {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Message::Text(text) => f.write_str(&shortened(&format!("{text:?}"))),
            Message::Binary(bytes) => {
                write!(
                    f,
                    "{} bytes: {}",
                    bytes.len(),
                    shortened(&format!("{bytes:?}"))
                )
            }
        }
    }
}

impl Sink for Inbox<Came> {
    fn message(&self, message: Message) -> Result<(), String> {
        self.put(Came(message));
        Ok(())
    }

    fn closed(&self, closed: &Closed) {
        self.end(End::Connection(closed.clone()));
    }
}

impl Raw {
    pub(super) fn new(path: String, inbox: Arc<Inbox<Came>>, pipe: Pipe) -> Self {
        Raw { path, inbox, pipe }
    }

    /// The response that opened the connection: the 101, or the first response of longpoll.
    pub fn response(&self) -> &Response {
        &self.pipe.response
    }

    /// Sends a message: text or bytes. Does not wait.
    ///
    /// # Panics
    /// When the connection has ended, or 1,024 messages wait to be sent.
    #[track_caller]
    pub fn send(&self, message: impl Into<Message>) {
        self.pipe
            .send(message.into(), format_args!("a message to `{}`", self.path));
    }

    /// Waits for the next message.
    ///
    /// # Panics
    /// When none comes in time.
    #[track_caller]
    pub fn recv(&mut self) -> impl Future<Output = Message> + Send {
        let at = Caller::here();
        async move {
            let next = self.inbox.take(self.pipe.patience, |_| true).await;
            match next {
                Ok(Came(message)) => message,
                Err(missing) => at.fail(format_args!(
                    "expected a message of `{}`{missing}",
                    self.path
                )),
            }
        }
    }

    /// Waits for the next message, which has to be this one.
    ///
    /// # Panics
    /// When another one comes, or none in time.
    #[track_caller]
    pub fn expect(&mut self, expected: impl Into<Message>) -> impl Future<Output = ()> + Send {
        let (at, expected) = (Caller::here(), Came(expected.into()));
        async move {
            let what = format!("expected {expected} of `{}`", self.path);
            match self.inbox.take(self.pipe.patience, |_| true).await {
                Ok(came) if came.0 == expected.0 => {}
                Ok(came) => at.fail(format_args!("{what}, got {came}")),
                Err(missing) => at.fail(format_args!("{what}{missing}")),
            }
        }
    }

    /// Checks that nothing is unread, and that nothing comes for 100 ms.
    ///
    /// # Panics
    /// When something is unread or comes, or the connection ended.
    #[track_caller]
    pub fn expect_nothing(&mut self) -> impl Future<Output = ()> + Send {
        let at = Caller::here();
        async move {
            if let Err(came) = self.inbox.quiet(|_| true).await {
                at.fail(format_args!(
                    "expected nothing of `{}`, got\n    {came}",
                    self.path
                ));
            }
        }
    }

    /// Waits for the end of the connection, with this close code.
    ///
    /// # Panics
    /// When it ends with another one, or not in time.
    #[track_caller]
    pub fn expect_close(&mut self, code: u16) -> impl Future<Output = Closed> + Send {
        let closed = self.closed();
        let at = Caller::here();
        async move { expect_code(at, code, closed.await) }
    }

    /// Waits for any end of the connection.
    ///
    /// # Panics
    /// When it does not come in time.
    #[track_caller]
    pub fn closed(&mut self) -> impl Future<Output = Closed> + Send {
        let at = Caller::here();
        async move {
            let what = format!("expected the end of the connection to `{}`", self.path);
            match self.inbox.take_end(self.pipe.patience).await {
                Ok(End::Connection(closed)) => closed,
                Ok(End::Channel(event)) => at.fail(format_args!("{what}, got `{event}`")),
                Err(missing) => at.fail(format_args!("{what}{missing}")),
            }
        }
    }

    /// Closes the connection with a close frame, and waits for its end. On longpoll the server is
    /// not told.
    ///
    /// # Panics
    /// When the server does not answer in time.
    #[track_caller]
    pub fn close(self) -> impl Future<Output = Closed> + Send {
        let at = Caller::here();
        async move {
            self.pipe.close().await;
            match self.pipe.wait_closed().await {
                Some(closed) => closed,
                None => at.fail(format_args!(
                    "closing the connection to `{}` had no answer",
                    self.path
                )),
            }
        }
    }
}

/// Fails the test if the connection ended with another code.
pub(super) fn expect_code(at: Caller, code: u16, closed: Closed) -> Closed {
    if closed.code() != code {
        at.fail(format_args!(
            "expected the connection to close with {code}, and it closed with {closed}"
        ));
    }
    closed
}
