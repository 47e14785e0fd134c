//! What replays are written and read with.

use landfall_tests::wire::{Deflater, Frame, Heard, Inflater};

#[test]
fn messages_survive_with_their_context() {
    let (mut deflater, mut inflater) = (Deflater::default(), Inflater::new(true));
    for message in [&b"hello hello"[..], b"", b"hello hello", &[7; 100_000]] {
        assert_eq!(
            inflater.inflate(&deflater.deflate(message)).as_deref(),
            Some(message)
        );
    }
    assert_eq!(Inflater::new(true).inflate(&[0xff, 0xff, 0xff, 0xff]), None);
}

#[test]
fn frames_of_every_length_survive_the_wire() {
    for length in [0, 1, 125, 126, 127, 65_535, 65_536] {
        for masked in [false, true] {
            let frame = Frame {
                masked,
                rsv: 4,
                ..Frame::new(2, vec![7; length])
            };
            let bytes = frame.to_bytes();
            let Heard::Frame(read, used) = Frame::decode(&bytes) else {
                panic!("{length} bytes: no frame")
            };
            assert_eq!((read, used), (frame, bytes.len()));
            assert!(matches!(
                Frame::decode(&bytes[..bytes.len() - 1]),
                Heard::Part
            ));
        }
    }
}
