use std::{io::IoSlice, sync::Mutex, task::Waker};

use super::*;
use crate::transport::websocket::wire::Readable;

const OPTIONS: OutboxOptions = OutboxOptions {
    limit: 1_000,
    overflow: Overflow::Close,
};

/// A stream that takes so many bytes, and then no more: what is left to take, and what it took.
struct Narrow(Mutex<(usize, Vec<u8>)>);

impl Narrow {
    fn new(takes: usize) -> Self {
        Narrow(Mutex::new((takes, Vec::new())))
    }

    fn take(&self, bytes: &[u8]) -> io::Result<usize> {
        let (left, taken) = &mut *self.0.lock().expect("no test panics here");
        let count = bytes.len().min(*left);
        if count == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        *left -= count;
        taken.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn widen(&self) {
        self.0.lock().expect("no test panics here").0 = usize::MAX;
    }

    fn taken(&self) -> Vec<u8> {
        self.0.lock().expect("no test panics here").1.clone()
    }

    fn text(&self) -> String {
        String::from_utf8(self.taken()).expect("text")
    }
}

impl Readable for tokio::io::Empty {}

impl Wire for Narrow {
    type Read = tokio::io::Empty;

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.take(bytes)
    }

    fn poll_write(&self, _: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match self.take(&slices[0]) {
            Err(_) => Poll::Pending,
            taken => Poll::Ready(taken),
        }
    }

    fn poll_flush(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn write(queue: &mut WriteQueue, wire: &Narrow) {
    queue
        .write(&mut Context::from_waker(Waker::noop()), wire)
        .expect("written");
}

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

#[test]
fn what_callbacks_push_leaves_at_once_and_in_order() {
    let (mut queue, wire) = (WriteQueue::default(), Narrow::new(usize::MAX));
    queue.cork(Box::default(), 1_000);
    assert_eq!(queue.push(b"<", bytes("a>"), 1_000), Sent::Done);
    assert_eq!(queue.send(&bytes("<b>"), &wire, OPTIONS), Sent::Queued);
    assert_eq!(queue.push(b"<", bytes("c>"), 1_000), Sent::Done);
    assert_eq!(wire.text(), "");
    queue.uncork(Some(&wire));
    write(&mut queue, &wire);
    assert_eq!(wire.text(), "<a><b><c>");
    assert!(
        queue.is_empty() && queue.backlog.is_none(),
        "no memory is kept"
    );
}

#[test]
fn what_the_stream_does_not_take_waits_its_turn() {
    let (mut queue, wire) = (WriteQueue::default(), Narrow::new(2));
    assert_eq!(queue.send(&bytes("<a>"), &wire, OPTIONS), Sent::Queued);
    assert_eq!(queue.send(&bytes("<b>"), &wire, OPTIONS), Sent::Queued);
    wire.widen();
    write(&mut queue, &wire);
    assert_eq!(queue.send(&bytes("<c>"), &wire, OPTIONS), Sent::Done);
    assert_eq!(wire.text(), "<a><b><c>");
}

#[test]
fn a_frame_that_is_partly_written_is_never_torn() {
    for corked in [false, true] {
        let (mut queue, wire) = (WriteQueue::default(), Narrow::new(2));
        if corked {
            queue.cork(Box::default(), 1_000);
            queue.push(b"<", bytes("a>"), 1_000);
            queue.uncork(Some(&wire));
        } else {
            queue.send(&bytes("<a>"), &wire, OPTIONS);
        }
        queue.send(&bytes("<b>"), &wire, OPTIONS);
        queue.discard();
        queue.close(bytes("<close>"));
        wire.widen();
        write(&mut queue, &wire);
        assert_eq!(wire.text(), "<a><close>", "corked: {corked}");
    }
}

#[test]
fn a_piece_that_is_partly_written_is_held_as_a_whole() {
    let (mut queue, wire) = (WriteQueue::default(), Narrow::new(700));
    queue.send(&bytes(&"x".repeat(1000)), &wire, OPTIONS);
    assert_eq!(
        (queue.waiting(), queue.held()),
        (300 + BOOKKEEPING, 1000 + BOOKKEEPING)
    );
    wire.widen();
    write(&mut queue, &wire);
    assert_eq!((queue.waiting(), queue.held()), (0, 0));
}

#[test]
fn past_the_limit_the_connection_ends_or_the_oldest_go() {
    let message = bytes(&"x".repeat(400));
    let (mut queue, wire) = (WriteQueue::default(), Narrow::new(0));
    let sent: Vec<_> = (0..3)
        .map(|_| queue.send(&message, &wire, OPTIONS))
        .collect();
    assert_eq!(sent, [Sent::Queued, Sent::Queued, Sent::Overflow]);

    let dropping = OutboxOptions {
        overflow: Overflow::DropOldest,
        ..OPTIONS
    };
    let (mut queue, wire) = (WriteQueue::default(), Narrow::new(1));
    let first = format!("<{}>", "a".repeat(200));
    for text in [&first, &"b".repeat(200), &"c".repeat(200)] {
        queue.send(&bytes(text), &wire, dropping);
    }
    let large = format!("<{}>", "d".repeat(900));
    assert_eq!(
        queue.send(&bytes(&large), &wire, dropping),
        Sent::Dropped(2)
    );
    wire.widen();
    write(&mut queue, &wire);
    assert_eq!(
        wire.text(),
        first + &large,
        "the one that has begun is kept"
    );
}

#[test]
fn one_message_may_be_larger_than_the_limit() {
    let (mut queue, wire) = (WriteQueue::default(), Narrow::new(0));
    assert_eq!(
        queue.send(&bytes(&"x".repeat(5_000)), &wire, OPTIONS),
        Sent::Queued
    );
    assert_eq!(
        queue.send(&bytes(&"y".repeat(400)), &wire, OPTIONS),
        Sent::Queued
    );
    assert_eq!(
        queue.send(&bytes(&"z".repeat(400)), &wire, OPTIONS),
        Sent::Overflow
    );
}

#[test]
fn callbacks_are_not_judged_in_the_turn_in_which_they_send() {
    let (mut queue, wire) = (WriteQueue::default(), Narrow::new(0));
    queue.cork(Box::default(), 1_000);
    for _ in 0..1_000 {
        assert_ne!(queue.push(b"<", bytes("12345678>"), 1_000), Sent::Overflow);
    }
    queue.uncork(Some(&wire));
    // In the next one, with all of it waiting, there is an end to it.
    queue.cork(Box::default(), 1_000);
    let pushed =
        (0..).take_while(|_| queue.push(b"<", bytes("12345678>"), 1_000) != Sent::Overflow);
    assert_eq!(pushed.count(), 1_600);
    assert_eq!(
        queue.send(&bytes("<b>"), &wire, OPTIONS),
        Sent::Queued,
        "broadcasts are judged by themselves"
    );
}

#[test]
fn what_the_stream_takes_by_now_is_written_before_broadcasts_are_refused() {
    let (mut queue, wire) = (WriteQueue::default(), Narrow::new(0));
    let message = bytes(&"x".repeat(400));
    (0..2).for_each(|_| assert_eq!(queue.send(&message, &wire, OPTIONS), Sent::Queued));
    assert!(!queue.admits(&message, OPTIONS));
    wire.widen();
    assert_eq!(queue.relieve(&wire), 800);
    assert!(queue.admits(&message, OPTIONS) && queue.waiting() == 0);
}

#[test]
fn nothing_follows_a_close_frame() {
    let (mut queue, wire) = (WriteQueue::default(), Narrow::new(usize::MAX));
    queue.close(bytes("<close>"));
    queue.send(&bytes("<late>"), &wire, OPTIONS);
    queue.push(b"<", bytes("later>"), 1_000);
    write(&mut queue, &wire);
    assert_eq!(wire.text(), "<close>");
}

#[test]
fn large_messages_keep_their_place_wherever_the_stream_stops() {
    let large = "l".repeat(20_000);
    let messages = ["a", large.as_str(), large.as_str(), "b"];
    let frames = |text: &str| {
        let (head, length) = frame::head(OpCode::Data(Data::Text), false, text.len());
        [&head[..length], text.as_bytes()].concat()
    };
    let expected = messages.map(frames).concat();
    for takes in [0, 1, 3, 7, 100, 20_007, 20_008, 40_010, 40_015, usize::MAX] {
        let (mut queue, wire) = (WriteQueue::default(), Narrow::new(takes));
        queue.cork(Box::default(), 1_000_000);
        for message in messages {
            assert!(queue.gather(&Message::from(message), 500_000), "{takes}");
        }
        assert_eq!(queue.held(), expected.len(), "{takes}");
        queue.uncork(Some(&wire));
        assert!(queue.held() >= queue.waiting(), "{takes}");
        wire.widen();
        write(&mut queue, &wire);
        assert_eq!(wire.taken(), expected, "{takes}");
        assert_eq!(queue.held(), 0, "{takes}");
    }
}

#[test]
fn broadcasts_follow_what_was_gathered_before_them() {
    let (mut queue, wire) = (WriteQueue::default(), Narrow::new(usize::MAX));
    let large = "l".repeat(10_000);
    queue.cork(Box::default(), 1_000_000);
    assert!(queue.gather(&Message::from(large.as_str()), 500_000));
    let options = OutboxOptions {
        limit: 1_000_000,
        ..OPTIONS
    };
    assert_eq!(queue.send(&bytes("<b>"), &wire, options), Sent::Queued);
    assert!(queue.gather(&Message::from("c"), 500_000));
    queue.uncork(Some(&wire));
    write(&mut queue, &wire);
    let taken = wire.taken();
    let at = |piece: &[u8]| {
        taken
            .windows(piece.len())
            .position(|window| window == piece)
    };
    assert_eq!(at(large.as_bytes()), Some(4));
    assert_eq!(at(b"<b>"), Some(4 + large.len()));
    assert_eq!(at(b"c"), Some(taken.len() - 1));
}

#[test]
fn nothing_is_gathered_outside_of_a_turn_or_past_what_may_be_held() {
    let mut queue = WriteQueue::default();
    assert!(!queue.gather(&Message::from("a"), 500));
    queue.cork(Box::default(), 1_000);
    assert!(queue.gather(&Message::from("a".repeat(400)), 500));
    assert!(!queue.gather(&Message::from("a".repeat(98)), 500));
    queue.close(bytes("bye"));
    assert!(!queue.gather(&Message::from("a"), 500));
}
