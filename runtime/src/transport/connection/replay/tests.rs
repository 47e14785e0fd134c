use proptest::prelude::*;

use super::*;

/// What can be done with a queue.
#[derive(Clone, Debug)]
enum Step {
    Push(usize),
    Send(usize),
    /// The client is given all that waits.
    Read,
    Pop,
    /// So many of those that it was given are there.
    Forget(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..400_usize).prop_map(Step::Push),
        4 => (0..400_usize).prop_map(Step::Send),
        1 => (400..2_000_usize).prop_map(Step::Send),
        2 => Just(Step::Read),
        1 => Just(Step::Pop),
        2 => (0..40_u64).prop_map(Step::Forget),
    ];
    proptest::collection::vec(step, 0..120)
}

fn options(overflow: Overflow) -> OutboxOptions {
    OutboxOptions {
        limit: 1000,
        overflow,
    }
}

/// The bytes of a piece say its number.
fn piece(number: u64, length: usize) -> Bytes {
    let mut bytes = number.to_be_bytes().to_vec();
    bytes.resize(8 + length, 0);
    bytes.into()
}

fn number(bytes: &Bytes) -> u64 {
    u64::from_be_bytes(bytes[..8].try_into().expect("eight bytes"))
}

/// Plays the steps; pieces of the socket's own must never be missing.
fn play(overflow: Overflow, steps: Vec<Step>) {
    let options = options(overflow);
    let (mut queue, mut seen, mut own, mut dropped, mut accepted) =
        (ReplayQueue::default(), 0, Vec::new(), 0, 0);
    // Broadcasts that wait, and the largest since none did.
    let mut shared: Vec<(u64, usize)> = Vec::new();
    let mut largest = 0;
    for step in steps {
        let next = queue.newest() + 1;
        match step {
            Step::Push(length) => {
                queue.begin_turn(options.limit);
                match queue.push(piece(next, length)) {
                    Ok(()) => own.push(next),
                    Err(Full) => assert!(queue.bytes() >= 16 * options.limit),
                }
            }
            Step::Send(length) => {
                let before: Vec<u64> = queue.after(0).map(number).collect();
                let cost = 8 + length + BOOKKEEPING;
                let waiting: usize = shared.iter().map(|(_, cost)| cost).sum();
                let room =
                    waiting + cost <= options.limit.max(options.limit / 2 + cost.max(largest));
                match queue.send(piece(next, length), options, seen) {
                    Ok(count) => {
                        dropped += count;
                        accepted += 1;
                        assert_eq!(count == 0, room);
                        let left: Vec<u64> = queue.after(0).map(number).collect();
                        shared.retain(|(number, _)| left.contains(number));
                        largest = if shared.is_empty() { 0 } else { largest };
                        if queue.newest() == next {
                            shared.push((next, cost));
                            largest = largest.max(cost);
                        }
                    }
                    Err(Full) => {
                        assert!(!room && overflow == Overflow::Close);
                        assert_eq!(queue.after(0).map(number).collect::<Vec<_>>(), before);
                    }
                }
                // Those that the client was given are there still.
                let given = before.into_iter().filter(|number| *number <= seen);
                let left: Vec<u64> = queue
                    .after(0)
                    .map(number)
                    .filter(|number| *number <= seen)
                    .collect();
                assert!(given.eq(left));
            }
            Step::Read => seen = queue.newest(),
            Step::Pop => {
                let first = queue.after(0).next().map(number);
                assert_eq!(queue.pop().as_ref().map(number), first);
                own.retain(|number| Some(*number) != first);
                seen = seen.max(first.unwrap_or(0));
            }
            Step::Forget(back) => {
                let upto = seen.saturating_sub(back);
                let any = queue.after(0).any(|bytes| number(bytes) <= upto);
                assert_eq!(queue.forget(upto), any);
                own.retain(|number| *number > upto);
            }
        }
        let waiting: Vec<u64> = queue.after(0).map(number).collect();
        shared.retain(|(number, _)| waiting.contains(number));
        largest = if shared.is_empty() { 0 } else { largest };
        assert!(
            shared.iter().map(|(_, cost)| cost).sum::<usize>()
                <= options.limit.max(options.limit / 2 + largest)
        );
        assert!(waiting.windows(2).all(|pair| pair[0] < pair[1]), "in order");
        assert!(
            own.iter().all(|number| waiting.contains(number)),
            "{own:?} in {waiting:?}"
        );
        assert_eq!(
            queue.bytes(),
            queue
                .after(0)
                .map(|bytes| bytes.len() + BOOKKEEPING)
                .sum::<usize>()
        );
        for after in [0, seen, queue.newest() / 2, queue.newest()] {
            let behind = waiting.iter().filter(|number| **number > after);
            assert!(queue.after(after).map(number).eq(behind.copied()));
            assert_eq!(
                queue.has_after(after),
                waiting.last().is_some_and(|last| *last > after)
            );
        }
    }
    assert!(overflow == Overflow::DropOldest || dropped == 0);
    assert!(dropped <= accepted);
    queue.clear();
    assert_eq!((queue.bytes(), queue.pieces.capacity()), (0, 0));
}

proptest! {
    #[test]
    fn a_queue_that_refuses_is_bounded_and_loses_nothing(steps in steps()) {
        play(Overflow::Close, steps);
    }

    #[test]
    fn a_queue_that_drops_is_bounded_and_loses_broadcasts_only(steps in steps()) {
        play(Overflow::DropOldest, steps);
    }
}

/// However often the client is given what waits, without acknowledging it.
#[test]
fn what_was_given_and_not_acknowledged_is_bounded_too() {
    let mut queue = ReplayQueue::default();
    for _ in 0..100 {
        let seen = queue.newest();
        queue
            .send(
                Bytes::from(vec![0; 300]),
                options(Overflow::DropOldest),
                seen,
            )
            .expect("it drops");
        assert!(queue.bytes() <= 1000, "{}", queue.bytes());
    }
}

#[test]
fn one_may_always_wait() {
    let huge = Bytes::from(vec![0; 5000]);
    for overflow in [Overflow::Close, Overflow::DropOldest] {
        let mut queue = ReplayQueue::default();
        assert_eq!(queue.send(huge.clone(), options(overflow), 0), Ok(0));
        queue.clear();
        queue.begin_turn(1000);
        assert_eq!(queue.push(huge.clone()), Ok(()));
        queue.begin_turn(1000);
        assert_eq!(
            (0..5).map(|_| queue.push(huge.clone())).collect::<Vec<_>>(),
            [Ok(()), Ok(()), Ok(()), Ok(()), Err(Full)]
        );
    }
}
