//! Contains panics of the application's code.

mod origin;

use std::{
    any::Any,
    fmt,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Poll},
};

pub(crate) use self::origin::{Origin, record as record_origins};
use crate::escape::told;

/// A panic that was caught. It displays the panic's message as a log line shows it: the message may
/// quote a client.
pub(crate) struct Panic(Box<dyn Any + Send>);

impl Panic {
    /// The message as it is.
    pub(crate) fn message(&self) -> &str {
        origin::message(&*self.0).unwrap_or("(no text)")
    }

    /// Where the panic began. The thread that has caught it asks before it catches another, and
    /// only while [origins are recorded](record_origins) there is an answer.
    pub(crate) fn origin(&self) -> Option<Origin> {
        origin::of(origin::message(&*self.0))
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&told(&self.message()), f)
    }
}

/// Calls a function of the application.
pub(crate) fn call<T>(function: impl FnOnce() -> T) -> Result<T, Panic> {
    catch_unwind(AssertUnwindSafe(function)).map_err(Panic)
}

/// Drops a value of the application.
pub(crate) fn discard<T>(value: T) -> Result<(), Panic> {
    call(|| drop(value))
}

/// Runs a future of the application. It is not polled again after a panic.
pub(crate) async fn run<T>(future: impl Future<Output = T>) -> Result<T, Panic> {
    run_in_place(pin!(Some(future)), || {}).await
}

/// Like [`run`], in place: a large future is not moved. Calls `before` before each poll.
pub(crate) async fn run_in_place<T>(
    mut future: Pin<&mut Option<impl Future<Output = T>>>,
    before: impl Fn(),
) -> Result<T, Panic> {
    poll_fn(|cx| {
        before();
        poll(future.as_mut(), cx)
    })
    .await
}

/// Polls a future of the application in place. It is dropped when it has ended, also by a panic.
pub(crate) fn poll<T>(
    mut future: Pin<&mut Option<impl Future<Output = T>>>,
    cx: &mut Context<'_>,
) -> Poll<Result<T, Panic>> {
    let polled = call(|| {
        let polled = match future.as_mut().as_pin_mut() {
            Some(future) => future.poll(cx),
            None => Poll::Pending,
        };
        if polled.is_ready() {
            future.set(None);
        }
        polled
    });
    match polled {
        Ok(poll) => poll.map(Ok),
        Err(panic) => {
            // Dropping it may panic too. The first panic is reported.
            let _ = call(|| future.set(None));
            Poll::Ready(Err(panic))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_its_text() {
        assert_eq!(call(|| 7).ok(), Some(7));
        let said = |result: Result<(), Panic>| result.map_err(|panic| panic.to_string());
        assert_eq!(said(call(|| panic!("plain"))), Err("plain".to_owned()));
        let n = 7;
        assert_eq!(said(call(|| panic!("with {n}"))), Err("with 7".to_owned()));
        assert_eq!(
            said(call(|| std::panic::panic_any(n))),
            Err("(no text)".to_owned())
        );
        let later = async {
            tokio::task::yield_now().await;
            panic!("later")
        };
        assert_eq!(said(run(later).await), Err("later".to_owned()));
    }

    #[tokio::test]
    async fn what_a_panic_leaves_may_panic_when_it_is_dropped() {
        struct Bad;
        impl Future for Bad {
            type Output = ();
            fn poll(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> Poll<()> {
                panic!("first")
            }
        }
        impl Drop for Bad {
            fn drop(&mut self) {
                panic!("second")
            }
        }
        assert_eq!(
            run(Bad).await.map_err(|panic| panic.to_string()),
            Err("first".to_owned())
        );
        assert_eq!(
            discard(Bad).map_err(|panic| panic.to_string()),
            Err("second".to_owned())
        );
    }
}
