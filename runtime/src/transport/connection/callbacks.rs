//! A socket's callbacks, one at a time: what has to happen before each, and how it ends the
//! connection.

use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
};

use super::{
    end::End,
    place::{Place, Run, without_type},
    stop::StopRequest,
};
use crate::{
    contain::{self, Panic},
    message::{Control, Message},
    socket::{Inbox, Outbox, Reason, Socket},
    telemetry::Timed,
    watchdog::{self, Callback},
};

/// The connection whose callbacks run, without its type.
pub(in crate::transport) trait Host: Send + Sync {
    /// Callbacks wait until the client has taken some of what waits for it.
    fn is_over_high_water(&self) -> bool;
    fn stop_request(&self) -> StopRequest;
    /// A callback has not returned at once.
    fn waits(&self);
    /// A message of the client is handled next, of so many bytes.
    fn came(&self, bytes: usize);
    /// The callback has returned.
    fn returned(&self, callback: Callback, timed: Timed);
    /// The socket type's name, for logs.
    fn socket(&self) -> &'static str;
}

/// Callbacks that run, without their type.
pub(in crate::transport) type Running<'a> =
    Pin<Box<dyn Future<Output = Option<Box<End>>> + Send + 'a>>;

/// Calls `init`.
pub(in crate::transport) async fn init<S: Socket>(
    (socket, out): (&mut S, &mut Outbox),
    host: &dyn Host,
) -> Option<Box<End>> {
    let place = Place::new(|| Some(socket.init(out)));
    call(host, Callback::Init, without_type(pin!(place))).await
}

/// Calls `handle_in`. The message is optional so that it moves but once.
#[expect(
    clippy::manual_async_fn,
    reason = "an `async fn` has room for its arguments twice"
)]
pub(in crate::transport) fn handle_in<'a, S: Socket>(
    (socket, out): (&'a mut S, &'a mut Outbox),
    host: &'a dyn Host,
    message: &'a mut Option<Message>,
) -> impl Future<Output = Option<Box<End>>> + Send + 'a {
    async move {
        #[expect(
            clippy::question_mark,
            reason = "it would be one more function that names the future"
        )]
        let place = Place::new(|| {
            let Some(message) = message.take() else {
                return None;
            };
            Some(socket.handle_in(message, out))
        });
        call(host, Callback::HandleIn, without_type(pin!(place))).await
    }
}

/// Calls `handle_control`.
pub(in crate::transport) async fn handle_control<S: Socket>(
    (socket, out): (&mut S, &mut Outbox),
    host: &dyn Host,
    control: Control,
) -> Option<Box<End>> {
    let place = Place::new(|| Some(socket.handle_control(control, out)));
    call(host, Callback::HandleControl, without_type(pin!(place))).await
}

/// [`init`], without its type.
pub(in crate::transport) fn boxed_init<'a, S: Socket>(
    parts: (&'a mut S, &'a mut Outbox),
    host: &'a dyn Host,
) -> Running<'a> {
    Box::pin(init(parts, host))
}

/// [`infos`], without its type.
pub(in crate::transport) fn boxed_infos<'a, S: Socket>(
    parts: (&'a mut S, &'a mut Outbox),
    host: &'a dyn Host,
    given: &'a mut VecDeque<S::Info>,
) -> Running<'a> {
    Box::pin(infos(parts, host, given))
}

/// Waits until the socket takes messages, and calls `handle_in`.
pub(in crate::transport) fn deliver<'a, S: Socket>(
    (socket, out): (&'a mut S, &'a mut Outbox),
    host: &'a dyn Host,
    inbox: &'a Inbox<S::Info>,
    message: Message,
) -> Running<'a> {
    Box::pin(async move {
        let end = ready((&mut *socket, &mut *out), host, inbox).await;
        if end.is_some() {
            return end;
        }
        host.came(message.len());
        handle_in((socket, out), host, &mut Some(message)).await
    })
}

/// Waits until the socket takes messages, and calls `handle_control`.
pub(in crate::transport) fn control<'a, S: Socket>(
    (socket, out): (&'a mut S, &'a mut Outbox),
    host: &'a dyn Host,
    inbox: &'a Inbox<S::Info>,
    control: Control,
) -> Running<'a> {
    Box::pin(async move {
        let end = ready((&mut *socket, &mut *out), host, inbox).await;
        if end.is_some() {
            return end;
        }
        handle_control((socket, out), host, control).await
    })
}

/// Calls `handle_info` with what waits in the mailbox. Before each call it waits for room.
pub(in crate::transport) async fn infos<S: Socket>(
    (socket, out): (&mut S, &mut Outbox),
    host: &dyn Host,
    infos: &mut VecDeque<S::Info>,
) -> Option<Box<End>> {
    while let Some(info) = infos.pop_front() {
        if host.is_over_high_water()
            && let Some(end) = room(host).await
        {
            return Some(end);
        }
        let place = Place::new(|| Some(socket.handle_info(info, out)));
        let end = call(host, Callback::HandleInfo, without_type(pin!(place))).await;
        if end.is_some() {
            return end;
        }
    }
    None
}

/// Waits until the client has taken enough of what waits for it. Returns early with how the
/// connection ends if a stop is requested.
///
/// Both wake the polling task.
pub(in crate::transport) async fn room(host: &dyn Host) -> Option<Box<End>> {
    poll_fn(|_| {
        match (
            host.is_over_high_water(),
            End::requested(host.stop_request()),
        ) {
            (false, _) => Poll::Ready(None),
            (true, None) => Poll::Pending,
            (true, Some(end)) => Poll::Ready(Some(Box::new(end))),
        }
    })
    .await
}

/// Waits until `handle_in` may be called: until there is room, and the socket takes messages.
/// Returns early with how the connection ends if a stop is requested.
pub(in crate::transport) async fn ready<S: Socket>(
    (socket, out): (&mut S, &mut Outbox),
    host: &dyn Host,
    inbox: &Inbox<S::Info>,
) -> Option<Box<End>> {
    loop {
        if host.is_over_high_water()
            && let Some(end) = room(host).await
        {
            return Some(end);
        }
        if socket.takes_messages() {
            return None;
        }
        let waiting: Running<'_> = Box::pin(until_it_takes_messages(
            (&mut *socket, &mut *out),
            host,
            inbox,
        ));
        let end = waiting.await;
        if end.is_some() {
            return end;
        }
    }
}

/// Waits until the socket takes messages again, and calls `handle_info` meanwhile. Returns how the
/// connection ends if a callback or a request to stop ends it.
///
/// The mailbox and requests to stop wake the polling task.
pub(in crate::transport) async fn until_it_takes_messages<S: Socket>(
    (socket, out): (&mut S, &mut Outbox),
    host: &dyn Host,
    inbox: &Inbox<S::Info>,
) -> Option<Box<End>> {
    loop {
        poll_fn(|_| {
            let waits = !socket.takes_messages() && inbox.is_empty();
            if waits && host.stop_request() == StopRequest::Nothing {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
        if let Some(end) = End::requested(host.stop_request()) {
            return Some(Box::new(end));
        }
        if socket.takes_messages() {
            return None;
        }
        let end = infos((&mut *socket, &mut *out), host, &mut inbox.take()).await;
        if end.is_some() {
            return end;
        }
    }
}

/// Runs a callback in its place. A panic ends this connection only.
fn call<'a, R: Run + ?Sized>(
    host: &'a dyn Host,
    callback: Callback,
    mut place: Pin<&'a mut R>,
) -> impl Future<Output = Option<Box<End>>> + Send + use<'a, R> {
    let timed = Timed::begin();
    let mut waited = false;
    poll_fn(move |cx| {
        let end = match watchdog::call(callback, || place.as_mut().run(cx)) {
            Ok(Poll::Pending) => {
                waited = true;
                host.waits();
                return Poll::Pending;
            }
            Ok(Poll::Ready(end)) => end,
            Err(panic) => crashed(&panic, place.as_mut(), host),
        };
        // Most return at once.
        if waited || timed.is_taken() {
            host.returned(callback, timed);
        }
        Poll::Ready(end)
    })
}

#[cold]
fn crashed<R: Run + ?Sized>(
    panic: &Panic,
    place: Pin<&mut R>,
    host: &dyn Host,
) -> Option<Box<End>> {
    // What the callback held may panic too when it is dropped. The first panic is reported.
    let _ = contain::call(|| place.clear());
    tracing::error!(socket = host.socket(), "a callback panicked: {panic}");
    Some(Box::new(End::with_code(1011, Reason::Crash)))
}
