//! Frames: bytes of a client in any pieces mean what they mean at once, within bounds; what is
//! written is read.

use landfall::{
    Message,
    fuzzing::{self, Event, Frames},
    message::Control,
};
use landfall_tests::wire::Frame;

use crate::input::Input;

const MAX_FRAME: usize = 1024;
const MAX_MESSAGE: usize = 1500;
/// A head, or a control frame that is not complete.
const REST: usize = 14 + 125;

const EXTENSIONS: [Option<&str>; 4] = [
    None,
    Some("permessage-deflate"),
    Some("permessage-deflate; client_no_context_takeover"),
    Some("permessage-deflate; client_max_window_bits=9"),
];

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let flags = input.byte();
    let extensions = EXTENSIONS[usize::from(flags & 3)];
    match flags & 4 {
        0 => in_pieces(extensions, input.short(), input.0),
        _ => round_trip(extensions, input),
    }
}

/// `cuts` are the lengths of the pieces, over and over.
fn in_pieces(extensions: Option<&'static str>, cuts: &[u8], wire: &[u8]) {
    let mut whole = Frames::new(MAX_FRAME, MAX_MESSAGE, extensions);
    let at_once = whole.feed(wire);
    check(&at_once, whole.held());

    let mut parts = Frames::new(MAX_FRAME, MAX_MESSAGE, extensions);
    let (mut piecewise, mut rest) = (Vec::new(), wire);
    let mut lengths = cuts.iter().cycle().map(|cut| usize::from(*cut).max(1));
    while !rest.is_empty() {
        let (piece, left) = rest.split_at(lengths.next().unwrap_or(1).min(rest.len()));
        piecewise.extend(parts.feed(piece));
        rest = left;
        assert!(
            parts.held() <= 2 * MAX_MESSAGE + REST,
            "{} bytes are held",
            parts.held()
        );
    }
    assert_eq!(at_once, piecewise);
}

fn check(events: &[Event], held: usize) {
    assert!(held <= 2 * MAX_MESSAGE + REST, "{held} bytes are held");
    for (index, event) in events.iter().enumerate() {
        match event {
            Event::Message(message) => assert!(message.as_bytes().len() <= MAX_MESSAGE),
            Event::Control(Control::Ping(data) | Control::Pong(data)) => assert!(data.len() <= 125),
            Event::Close { code, text } => {
                assert!(
                    matches!(code, 1000..=1003 | 1005 | 1007..=1014 | 3000..=4999),
                    "{code}"
                );
                assert!(text.len() <= 123);
                assert_eq!(index + 1, events.len());
            }
            Event::Violation { code, .. } => {
                assert!(matches!(code, 1002 | 1007 | 1008 | 1009), "{code}");
                assert_eq!(index + 1, events.len());
            }
        }
    }
}

/// A well-behaved client: messages in fragments, controls between them, compressed or not.
fn round_trip(extensions: Option<&'static str>, mut input: Input<'_>) {
    let (mut wire, mut expected) = (Vec::new(), Vec::new());
    while !input.is_empty() {
        let kind = input.byte();
        let payload = input.short();
        let text = String::from_utf8_lossy(payload);
        let (opcode, message) = match kind & 1 {
            0 => (2, Message::from(payload.to_vec())),
            _ => (1, Message::from(&*text)),
        };
        let wish = extensions.is_some() && kind & 2 != 0;
        let deflated = if wish {
            fuzzing::deflate(message.as_bytes(), 15)
        } else {
            None
        };
        let body = deflated.as_deref().unwrap_or(message.as_bytes());
        write(
            &mut wire,
            opcode,
            deflated.is_some(),
            body,
            usize::from(kind >> 4),
            &mut expected,
        );
        expected.push(Event::Message(message));
    }
    let found = Frames::new(MAX_FRAME, MAX_MESSAGE, extensions).feed(&wire);
    assert_eq!(found, expected);
}

/// Writes a message in N more fragments after the first, with a ping before each of them.
fn write(
    wire: &mut Vec<u8>,
    opcode: u8,
    compressed: bool,
    body: &[u8],
    more: usize,
    expected: &mut Vec<Event>,
) {
    let size = (body.len() / (more + 1)).max(1);
    let mut pieces: Vec<&[u8]> = body.chunks(size).collect();
    if pieces.is_empty() {
        pieces.push(&[]);
    }
    let last = pieces.len() - 1;
    for (index, piece) in pieces.into_iter().enumerate() {
        if index > 0 {
            Frame::ping(piece.get(..4).unwrap_or(piece)).encode(wire);
            let data = piece.get(..4).unwrap_or(piece).to_vec();
            expected.push(Event::Control(Control::Ping(data.into())));
        }
        let first = index == 0;
        let frame = Frame::new(if first { opcode } else { 0 }, piece);
        let frame = if first && compressed {
            frame.rsv(4)
        } else {
            frame
        };
        let frame = if index < last {
            frame.unfinished()
        } else {
            frame
        };
        frame.encode(wire);
    }
}
