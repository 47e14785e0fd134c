//! A session's [`Driver`], without the type of its socket: what runs sessions is compiled once.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use super::{session::window, wire::Element};
use crate::{
    message::Message,
    socket::{Flow, Params, Reason, Socket},
    transport::{Attempt, Denied, Driver, Outgoing},
};

/// What a session does, until it is done.
type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A session's [`Driver`].
pub(super) trait Drive: Send {
    fn init(&mut self) -> Doing<'_, Flow>;
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()>;
    fn info(&mut self) -> Doing<'_, Flow>;
    fn room(&mut self) -> Doing<'_, Flow>;
    fn deliver(&mut self, message: Message) -> Doing<'_, Flow>;
    fn stop_requested(&self) -> Option<Flow>;
    /// What the socket sent last can be fetched for `patience`.
    fn finish(self: Box<Self>, reason: Reason, patience: Duration) -> Doing<'static, ()>;
    fn touch(&self);
    /// Runs the session's task: see [`Driver::spawn`].
    fn spawn(self: Box<Self>, run: RunSession);
}

/// Makes the task of a session.
pub(super) type RunSession = Box<dyn FnOnce(Box<dyn Drive>) -> Doing<'static, ()>>;

/// What [`connect`] comes to.
pub(super) type Connected = Result<(Box<dyn Drive>, Outgoing), Denied>;

/// [`connect`] of a socket.
pub(super) type Connect = fn(&Attempt, Params, Option<String>) -> Doing<'_, Connected>;

/// Asks the application, and opens a connection.
pub(super) fn connect<S: Socket>(
    attempt: &Attempt,
    params: Params,
    auth_token: Option<String>,
) -> Doing<'_, Connected> {
    Box::pin(async move {
        let (driver, outgoing) = attempt.connect::<S, Element>(params, auth_token).await?;
        let driver: Box<dyn Drive> = Box::new(driver);
        Ok((driver, outgoing))
    })
}

impl<S: Socket> Drive for Driver<S> {
    fn init(&mut self) -> Doing<'_, Flow> {
        Box::pin(self.init())
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_ready(cx)
    }

    fn info(&mut self) -> Doing<'_, Flow> {
        Box::pin(self.info())
    }

    fn room(&mut self) -> Doing<'_, Flow> {
        Box::pin(self.room())
    }

    fn deliver(&mut self, message: Message) -> Doing<'_, Flow> {
        Box::pin(self.deliver(message))
    }

    fn stop_requested(&self) -> Option<Flow> {
        self.stop_requested()
    }

    fn finish(self: Box<Self>, reason: Reason, patience: Duration) -> Doing<'static, ()> {
        Box::pin(async move {
            let handle = self.handle().clone();
            Driver::finish(*self, reason, window(&handle, patience)).await;
        })
    }

    fn touch(&self) {
        self.touch();
    }

    fn spawn(self: Box<Self>, run: RunSession) {
        self.spawn_boxed(move |driver| run(driver));
    }
}
