use std::{collections::VecDeque, task::Waker};

use proptest::prelude::*;

use super::*;
use crate::message;

const LIMITS: Limits = Limits {
    max_frame: 100_000,
    max_message: 100_000,
    deflate: None,
};

/// A stream that gives its bytes in pieces.
struct Pieces(VecDeque<Vec<u8>>);

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(mut piece) = self.0.pop_front() {
            let rest = piece.split_off(piece.len().min(buf.remaining()));
            buf.put_slice(&piece);
            if !rest.is_empty() {
                self.0.push_front(rest);
            }
        }
        Poll::Ready(Ok(()))
    }
}

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x11, 0x22, 0x33, 0x44];
    let mut bytes = vec![first];
    match payload.len() {
        len @ 0..=125 => bytes.push(0x80 | len as u8),
        len @ 126..=65_535 => {
            bytes.push(0xfe);
            bytes.extend((len as u16).to_be_bytes());
        }
        len => {
            bytes.push(0xff);
            bytes.extend((len as u64).to_be_bytes());
        }
    }
    bytes.extend(mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b));
    bytes
}

/// Reads once, and tells in words what came. Every so many messages, reading stops as if a callback
/// had not returned. True if there is more.
fn read_once(
    (incoming, stream): (&mut Incoming, &mut Pieces),
    limits: &Limits,
    stops: usize,
    told: &mut Vec<String>,
) -> bool {
    let mut scratch = [0; 4096];
    let mut cx = Context::from_waker(Waker::noop());
    let mut unread = match incoming.left() {
        Some(left) => left,
        None => match incoming.poll_read(&mut cx, stream, &mut scratch) {
            Poll::Ready(Ok(0)) => return false,
            Poll::Ready(Ok(filled)) => Unread::lent(&mut scratch[..filled]),
            _ => panic!("the stream is always ready"),
        },
    };
    for _ in 0..stops {
        let (bytes, at) = unread.parts();
        let ends = incoming.ends_here(&bytes[*at..], limits);
        let plain = incoming.next_plain((bytes, at), &mut BytesMut::new(), limits);
        let next = match plain {
            Some(message) => Ok(Some(Event::Message(message))),
            None => incoming.next((bytes, at), limits),
        };
        assert!(!ends || next.is_err(), "it was said to end here");
        told.push(match next {
            Ok(Some(Event::Message(Message::Text(text)))) => format!("text {}", text.as_str()),
            Ok(Some(Event::Message(Message::Binary(bytes)))) => format!("binary {}", bytes.len()),
            Ok(Some(Event::Control(message::Control::Ping(bytes)))) => format!("ping {bytes:?}"),
            Ok(Some(Event::Control(message::Control::Pong(bytes)))) => format!("pong {bytes:?}"),
            Ok(None) => {
                incoming.keep(unread, false);
                return true;
            }
            Err(Ending::Close { code, text }) => {
                told.push(format!("close {code} {text}"));
                return false;
            }
            Err(Ending::Violation(violation)) => {
                told.push(format!("violation {}", violation.code));
                return false;
            }
        });
    }
    incoming.keep(unread, true);
    true
}

/// Reads to the end.
fn read_in_turns(
    pieces: impl IntoIterator<Item = Vec<u8>>,
    limits: &Limits,
    stops: usize,
) -> Vec<String> {
    let (mut incoming, mut stream) = (Incoming::default(), Pieces(pieces.into_iter().collect()));
    let mut told = Vec::new();
    while read_once((&mut incoming, &mut stream), limits, stops, &mut told) {}
    told
}

fn read(pieces: impl IntoIterator<Item = Vec<u8>>, limits: &Limits) -> Vec<String> {
    read_in_turns(pieces, limits, usize::MAX)
}

fn told(frames: &[Vec<u8>]) -> Vec<String> {
    read([frames.concat()], &LIMITS)
}

#[test]
fn fragments_become_one_message_and_control_frames_overtake_it() {
    let frames = [
        frame(0x01, b"a"),
        frame(0x89, b"x"),
        frame(0x00, b"b"),
        frame(0x80, b"c"),
        frame(0x82, b"zz"),
    ];
    assert_eq!(told(&frames), ["ping b\"x\"", "text abc", "binary 2"]);
}

#[test]
fn fragments_out_of_turn_are_refused() {
    assert_eq!(told(&[frame(0x80, b"a")]), ["violation 1002"]);
    assert_eq!(told(&[frame(0x00, b"a")]), ["violation 1002"]);
    assert_eq!(
        told(&[frame(0x01, b"a"), frame(0x81, b"b")]),
        ["violation 1002"]
    );
}

#[test]
fn text_is_utf8_over_fragments_and_refused_as_soon_as_it_is_not() {
    assert_eq!(
        told(&[frame(0x01, b"\xc3"), frame(0x80, b"\xa9")]),
        ["text é"]
    );
    assert_eq!(told(&[frame(0x81, b"\xff")]), ["violation 1007"]);
    assert_eq!(
        told(&[frame(0x01, b"a\xc3"), frame(0x80, b"")]),
        ["violation 1007"]
    );
    // Neither the message nor even the frame is complete.
    let begun = frame(0x01, b"fine \xff and much more")[..12].to_vec();
    assert_eq!(told(&[begun]), ["violation 1007"]);
}

#[test]
fn messages_are_bounded_by_what_their_heads_announce() {
    let limits = Limits {
        max_frame: 1_000,
        max_message: 1_500,
        deflate: None,
    };
    assert_eq!(
        read([frame(0x82, &[0; 1_001])], &limits),
        ["violation 1009"]
    );
    assert_eq!(
        read([frame(0x02, &[0; 900]), frame(0x80, &[0; 600])], &limits),
        ["binary 1500"]
    );
    let announced = frame(0x80, &[0; 601])[..8].to_vec();
    assert_eq!(
        read([frame(0x02, &[0; 900]), announced], &limits),
        ["violation 1009"]
    );
}

#[test]
fn endless_fragments_are_cut_off() {
    let mut frames = vec![frame(0x01, b"")];
    frames.extend((0..MAX_FRAGMENTS).map(|_| frame(0x00, b"")));
    assert_eq!(told(&frames), ["violation 1008"]);
    frames.truncate(65_536);
    frames.push(frame(0x80, b"end"));
    assert_eq!(told(&frames), ["text end"]);
}

#[test]
fn nothing_is_read_after_a_close_frame() {
    assert_eq!(
        told(&[frame(0x88, b"\x03\xe8bye"), frame(0x81, b"late")]),
        ["close 1000 bye"]
    );
}

#[test]
fn no_memory_is_kept_between_messages() {
    let mut incoming = Incoming::default();
    let mut stream = Pieces(
        [frame(0x82, &[7; 50_000]), frame(0x81, b"x")]
            .concat()
            .chunks(999)
            .map(<[u8]>::to_vec)
            .collect(),
    );
    while !stream.0.is_empty() || incoming.is_fresh() {
        read_once((&mut incoming, &mut stream), &LIMITS, 1, &mut Vec::new());
    }
    assert!(incoming.kept.is_none() && incoming.partial.is_none());
}

/// Frames that a client may send, in an order that it may.
fn conversations() -> impl Strategy<Value = Vec<u8>> {
    let text = "[a-zé🦀]{0,40}".prop_map(|text| frame(0x81, text.as_bytes()));
    let binary =
        prop_oneof![0usize..300, 65_530usize..65_540].prop_map(|len| frame(0x82, &vec![9; len]));
    let split = ("[aé🦀]{0,30}", 0usize..100).prop_map(|(text, at)| {
        let (a, b) = text.as_bytes().split_at(at.min(text.len()));
        [frame(0x01, a), frame(0x8a, b"pong"), frame(0x80, b)].concat()
    });
    let ping = "[a-z]{0,125}".prop_map(|text| frame(0x89, text.as_bytes()));
    proptest::collection::vec(prop_oneof![text, binary, split, ping], 1..6)
        .prop_map(|frames| frames.concat())
}

proptest! {
    #[test]
    fn how_bytes_are_cut_makes_no_difference(bytes in conversations(), sizes in proptest::collection::vec(1usize..5_000, 1..20), stops in 1usize..4) {
        let whole = read([bytes.clone()], &LIMITS);
        let (mut rest, mut pieces) = (&bytes[..], Vec::new());
        for size in sizes.iter().cycle() {
            let (piece, left) = rest.split_at((*size).min(rest.len()));
            pieces.push(piece.to_vec());
            rest = left;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert!(!whole.iter().any(|told| told.starts_with("violation")));
        prop_assert_eq!(read_in_turns(pieces, &LIMITS, stops), whole);
    }

    #[test]
    fn junk_neither_panics_nor_loops(bytes in proptest::collection::vec(any::<u8>(), 0..3_000), max in 0usize..2_000) {
        let limits = Limits { max_frame: max, max_message: max, deflate: None };
        read(bytes.chunks(700).map(<[u8]>::to_vec), &limits);
    }

    #[test]
    fn damaged_frames_neither_panic_nor_loop(mut bytes in conversations(), at: prop::sample::Index, with: u8) {
        let at = at.index(bytes.len());
        bytes[at] = with;
        read([bytes], &LIMITS);
    }
}
