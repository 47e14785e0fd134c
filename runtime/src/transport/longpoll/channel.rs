//! A channel to the task of a session. Most sessions are at rest: it takes no memory for what does
//! not wait.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use tokio::sync::Notify;

/// The end of those who send.
pub(super) struct Sender<T>(Arc<Shared<T>>);

/// The end of the task. What waits is dropped with it.
pub(super) struct Receiver<T>(Arc<Shared<T>>);

struct Shared<T> {
    most: usize,
    state: Mutex<State<T>>,
    /// Notified when the receiver is gone.
    closed: Notify,
}

struct State<T> {
    waiting: VecDeque<T>,
    receiver: Option<Waker>,
    has_sender: bool,
    has_receiver: bool,
}

/// A channel in which at most `most` values wait.
pub(super) fn channel<T>(most: usize) -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Shared {
        most,
        state: Mutex::new(State {
            waiting: VecDeque::new(),
            receiver: None,
            has_sender: true,
            has_receiver: true,
        }),
        closed: Notify::new(),
    });
    (Sender(shared.clone()), Receiver(shared))
}

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(mut state: MutexGuard<'_, State<T>>) {
        let receiver = state.receiver.take();
        drop(state);
        receiver.into_iter().for_each(Waker::wake);
    }
}

impl<T> Sender<T> {
    /// Sends a value. It comes back if too many wait, or if the receiver is gone.
    pub(super) fn try_send(&self, value: T) -> Result<(), T> {
        let mut state = self.0.state();
        if !state.has_receiver || state.waiting.len() >= self.0.most {
            return Err(value);
        }
        state.waiting.push_back(value);
        Shared::wake(state);
        Ok(())
    }

    /// Waits until the receiver is gone.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub(super) async fn closed(&self) {
        let closed = self.0.closed.notified();
        if self.0.state().has_receiver {
            closed.await;
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.has_sender = false;
        Shared::wake(state);
    }
}

impl<T> Receiver<T> {
    /// Waits for the next value. `None` once the sender is gone and nothing waits.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub(super) async fn recv(&mut self) -> Option<T> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = self.0.state();
        match state.waiting.pop_front() {
            Some(value) => {
                if state.waiting.is_empty() {
                    state.waiting = VecDeque::new();
                }
                Poll::Ready(Some(value))
            }
            None if !state.has_sender => Poll::Ready(None),
            None => {
                state.receiver = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let waiting = {
            let mut state = self.0.state();
            state.has_receiver = false;
            state.receiver = None;
            std::mem::take(&mut state.waiting)
        };
        self.0.closed.notify_waiters();
        // Without the lock.
        drop(waiting);
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, task::Wake};

    use super::*;

    /// Whether a future is ready.
    fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn values_come_in_order_and_few_wait() {
        let (sender, mut receiver) = channel(2);
        assert_eq!(sender.try_send(1), Ok(()));
        assert_eq!(sender.try_send(2), Ok(()));
        assert_eq!(sender.try_send(3), Err(3));
        assert_eq!(poll(pin!(receiver.recv())), Poll::Ready(Some(1)));
        assert_eq!(sender.try_send(4), Ok(()));
        drop(sender);
        assert_eq!(poll(pin!(receiver.recv())), Poll::Ready(Some(2)));
        assert_eq!(poll(pin!(receiver.recv())), Poll::Ready(Some(4)));
        assert_eq!(poll(pin!(receiver.recv())), Poll::Ready(None));
    }

    #[test]
    fn nothing_is_kept_for_what_has_been_taken() {
        let (sender, mut receiver) = channel(2);
        sender.try_send(1).expect("room");
        assert_eq!(poll(pin!(receiver.recv())), Poll::Ready(Some(1)));
        assert_eq!(sender.0.state().waiting.capacity(), 0);
    }

    /// Counts how often it was woken.
    struct Counter(std::sync::atomic::AtomicUsize);

    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }

    #[test]
    fn who_waits_is_woken_by_a_value_and_by_the_end() {
        let counter = Arc::new(Counter(Default::default()));
        let woken = || counter.0.load(std::sync::atomic::Ordering::Relaxed);
        let waker = Waker::from(counter.clone());
        let mut cx = Context::from_waker(&waker);
        let (sender, mut receiver) = channel(1);
        assert!(receiver.poll_recv(&mut cx).is_pending());
        sender.try_send(1).expect("room");
        assert_eq!(woken(), 1);
        assert_eq!(receiver.poll_recv(&mut cx), Poll::Ready(Some(1)));
        assert!(receiver.poll_recv(&mut cx).is_pending());
        drop(sender);
        assert_eq!(woken(), 2);
        assert_eq!(receiver.poll_recv(&mut cx), Poll::Ready(None));
    }

    #[test]
    fn the_end_of_the_receiver_drops_what_waits_and_is_told() {
        let (sender, receiver) = channel(2);
        let value = Arc::new(());
        sender.try_send(value.clone()).expect("room");
        let mut closed = pin!(sender.closed());
        assert!(poll(closed.as_mut()).is_pending());
        drop(receiver);
        assert_eq!(poll(closed), Poll::Ready(()));
        assert_eq!(Arc::strong_count(&value), 1);
        assert_eq!(sender.try_send(value.clone()), Err(value));
        assert_eq!(poll(pin!(sender.closed())), Poll::Ready(()));
    }
}
