//! Follows the incoming frames (RFC 9113, 4.1): which of them carry no data, and whether one is
//! incomplete.

/// The first bytes of each client (RFC 9113, 3.4).
pub(in crate::server) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The budget for frames that carry no data, and its maximum. Every client sends some of them.
const BURST: u32 = 1000;
/// The frames that each second adds to the budget.
const PER_SECOND: u32 = 100;
/// The frames that each complete response adds: a client may reset some of its requests.
const PER_RESPONSE: u32 = 2;
/// The written bytes that add one frame: clients measure the round trip with pings while they
/// receive.
const BYTES: usize = 4096;
/// Padded DATA that is shorter counts as a frame without data.
const PADDED: u32 = 256;

const HEAD: usize = 9;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const IS_PADDED: u8 = 8;

/// The client has used up its budget of frames that carry no data.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flood;

/// The position of a connection in its frames.
#[derive(Debug)]
pub(super) struct Frames {
    at: At,
    head: [u8; HEAD],
    /// The current block of headers continues in the next frame.
    in_block: bool,
    /// When the frame or the block of headers began.
    since: u64,
    budget: Budget,
}

#[derive(Clone, Copy, Debug)]
enum At {
    /// N bytes of the preface have arrived.
    Preface(usize),
    /// N bytes of a frame's head have arrived.
    Head(usize),
    /// `left` bytes of a frame's payload have not arrived yet.
    Payload { left: u32, is_data: bool },
}

impl Frames {
    /// `second` is in ticks.
    pub(super) fn new(now: u64, second: u64) -> Self {
        Frames {
            at: At::Preface(0),
            head: [0; HEAD],
            in_block: false,
            since: now,
            budget: Budget {
                left: BURST,
                filled: now,
                second: second.max(1),
                responses: 0,
                bytes: 0,
            },
        }
    }

    /// When the current frame or block of headers began, if it is incomplete. Bodies have limits of
    /// their own.
    pub(super) fn partial(&self) -> Option<u64> {
        let is_partial = match self.at {
            At::Preface(_) | At::Head(0) | At::Payload { is_data: true, .. } => self.in_block,
            At::Head(_) | At::Payload { .. } => true,
        };
        is_partial.then_some(self.since)
    }

    /// Adds to the budget for written bytes.
    pub(super) fn wrote(&mut self, bytes: usize) {
        self.budget.wrote(bytes);
    }

    /// Follows bytes that were read. `responses` is the number of complete responses so far.
    pub(super) fn read(
        &mut self,
        mut bytes: &[u8],
        now: u64,
        responses: usize,
    ) -> Result<(), Flood> {
        while !bytes.is_empty() {
            match self.at {
                At::Preface(n) => {
                    let here = (PREFACE.len() - n).min(bytes.len());
                    bytes = &bytes[here..];
                    self.at = match n + here {
                        n if n == PREFACE.len() => At::Head(0),
                        n => At::Preface(n),
                    };
                }
                At::Head(n) => {
                    if n == 0 && !self.in_block {
                        self.since = now;
                    }
                    let here = (HEAD - n).min(bytes.len());
                    self.head[n..n + here].copy_from_slice(&bytes[..here]);
                    bytes = &bytes[here..];
                    self.at = At::Head(n + here);
                    if n + here == HEAD {
                        self.begin(now, responses)?;
                    }
                }
                At::Payload { left, is_data } => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                    bytes = &bytes[here..];
                    self.at = At::payload(left - here as u32, is_data);
                }
            }
        }
        Ok(())
    }

    /// Begins a frame, once its head is complete.
    fn begin(&mut self, now: u64, responses: usize) -> Result<(), Flood> {
        let [a, b, c, kind, flags, ..] = self.head;
        let length = u32::from_be_bytes([0, a, b, c]);
        self.at = At::payload(length, kind == DATA);
        if matches!(kind, HEADERS | CONTINUATION) {
            self.in_block = flags & END_HEADERS == 0;
        }
        if brings_nothing(kind, flags, length) {
            self.budget.spend(now, responses)
        } else {
            Ok(())
        }
    }
}

impl At {
    fn payload(left: u32, is_data: bool) -> At {
        match left {
            0 => At::Head(0),
            left => At::Payload { left, is_data },
        }
    }
}

/// Whether a frame carries no data. Requests, bodies and window updates count as data. Clients can
/// send all other frames without end and at no cost: resets, pings, settings, priorities,
/// continuations, unknown ones.
fn brings_nothing(kind: u8, flags: u8, length: u32) -> bool {
    match kind {
        DATA if flags & END_STREAM != 0 => false,
        DATA if flags & IS_PADDED != 0 => length < PADDED,
        DATA => length == 0,
        HEADERS | WINDOW_UPDATE => false,
        _ => true,
    }
}

/// The number of such frames that the client may still send.
#[derive(Debug)]
struct Budget {
    left: u32,
    /// When the budget was last filled, in ticks.
    filled: u64,
    /// The length of a second, in ticks.
    second: u64,
    responses: usize,
    bytes: usize,
}

impl Budget {
    fn wrote(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.earn(self.bytes / BYTES);
        self.bytes %= BYTES;
    }

    fn spend(&mut self, now: u64, responses: usize) -> Result<(), Flood> {
        let seconds = now.saturating_sub(self.filled) / self.second;
        self.filled += seconds * self.second;
        self.earn(
            usize::try_from(seconds)
                .unwrap_or(usize::MAX)
                .saturating_mul(PER_SECOND as usize),
        );
        self.earn(
            responses
                .wrapping_sub(self.responses)
                .saturating_mul(PER_RESPONSE as usize),
        );
        self.responses = responses;
        self.left = self.left.checked_sub(1).ok_or(Flood)?;
        Ok(())
    }

    fn earn(&mut self, frames: usize) {
        let frames = u32::try_from(frames).unwrap_or(u32::MAX);
        self.left = self.left.saturating_add(frames).min(BURST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING: u8 = 6;
    const SECOND: u64 = 4;

    fn frame(kind: u8, flags: u8, length: usize) -> Vec<u8> {
        let [_, a, b, c] = u32::try_from(length).expect("a length").to_be_bytes();
        let mut frame = vec![a, b, c, kind, flags, 0, 0, 0, 1];
        frame.resize(HEAD + length, 0);
        frame
    }

    fn begun() -> Frames {
        let mut frames = Frames::new(0, SECOND);
        frames.read(PREFACE, 0, 0).expect("no flood");
        frames
    }

    /// The number of frames that are accepted at once.
    fn most(frames: &mut Frames, frame: &[u8], now: u64, responses: usize) -> u32 {
        (0..BURST * 2)
            .find(|_| frames.read(frame, now, responses).is_err())
            .unwrap_or(BURST * 2)
    }

    #[test]
    fn what_brings_nothing_comes_to_an_end() {
        for (kind, flags, length) in [
            (PING, 0, 8),
            (PING, 1, 8),
            (4, 0, 0),
            (3, 0, 4),
            (2, 0, 5),
            (CONTINUATION, 0, 0),
            (CONTINUATION, END_HEADERS, 3),
            (DATA, 0, 0),
            (DATA, IS_PADDED, 1),
            (DATA, IS_PADDED, 255),
            (0xbe, 0, 5),
        ] {
            let found = most(&mut begun(), &frame(kind, flags, length), 0, 0);
            assert_eq!(found, BURST, "kind {kind}");
        }
        for (kind, flags, length) in [
            (DATA, 0, 1),
            (DATA, END_STREAM, 0),
            (DATA, IS_PADDED, 256),
            (HEADERS, END_HEADERS, 20),
            (WINDOW_UPDATE, 0, 4),
        ] {
            let found = most(&mut begun(), &frame(kind, flags, length), 0, 0);
            assert_eq!(found, BURST * 2, "kind {kind}");
        }
    }

    #[test]
    fn more_is_earned_by_time_by_responses_and_by_what_is_written() {
        let ping = frame(PING, 0, 0);
        let mut frames = begun();
        most(&mut frames, &ping, 0, 0);
        assert_eq!(most(&mut frames, &ping, SECOND - 1, 0), 0);
        assert_eq!(most(&mut frames, &ping, SECOND + 1, 0), PER_SECOND);
        assert_eq!(most(&mut frames, &ping, 2 * SECOND, 0), PER_SECOND);
        assert_eq!(most(&mut frames, &ping, 2 * SECOND, 5), 5 * PER_RESPONSE);
        (0..20).for_each(|_| frames.wrote(BYTES / 2));
        assert_eq!(most(&mut frames, &ping, 2 * SECOND, 5), 10);
        assert_eq!(most(&mut frames, &ping, u64::MAX, usize::MAX), BURST);
    }

    #[test]
    fn what_is_not_whole_is_known_by_when_it_began() {
        let mut frames = begun();
        assert_eq!(frames.partial(), None);
        let head = frame(HEADERS, 0, 3);
        frames.read(&head[..1], 1, 0).expect("no flood");
        assert_eq!(frames.partial(), Some(1));
        frames.read(&head[1..], 2, 0).expect("no flood");
        assert_eq!(frames.partial(), Some(1), "the block is not whole");
        let more = frame(CONTINUATION, 0, 3);
        frames.read(&more, 3, 0).expect("no flood");
        assert_eq!(frames.partial(), Some(1));
        let end = frame(CONTINUATION, END_HEADERS, 3);
        frames.read(&end, 4, 0).expect("no flood");
        assert_eq!(frames.partial(), None);
        frames
            .read(&frame(DATA, 0, 3)[..10], 5, 0)
            .expect("no flood");
        assert_eq!(frames.partial(), None, "bodies have limits of their own");
    }

    #[test]
    fn it_does_not_matter_where_reads_end() {
        let ping = frame(PING, 0, 8);
        let mut bytes = PREFACE.to_vec();
        (0..BURST).for_each(|_| bytes.extend(&ping));
        let mut frames = Frames::new(0, SECOND);
        for byte in bytes {
            frames.read(&[byte], 0, 0).expect("no flood");
        }
        assert_eq!(most(&mut frames, &ping, 0, 0), 0);
    }
}
