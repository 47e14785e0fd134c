//! Letters, written and read: whatever stands in them, and whatever arrives.

use bytes::Bytes;
use proptest::prelude::*;

use super::{Hello, Instance, Letter, Service, Unreadable, read, write::write};
use crate::pubsub::{broadcast::Broadcast, payload::Payload, subscriber::SubscriberId};

fn payload() -> impl Strategy<Value = Payload> {
    prop_oneof![
        any::<String>().prop_map(|text| Payload::Json(text.into())),
        any::<String>().prop_map(|text| Payload::Text(text.into())),
        any::<Vec<u8>>().prop_map(|bytes| Payload::Binary(bytes.into())),
    ]
}

fn letter() -> impl Strategy<Value = Letter> {
    let broadcast = (
        any::<String>(),
        any::<String>(),
        payload(),
        any::<Option<u64>>(),
    );
    let broadcast = broadcast.prop_map(|(topic, event, payload, except)| Letter::Broadcast {
        broadcast: Broadcast::new(&topic, &event, payload),
        except: except.map(SubscriberId),
    });
    let hello = (".{0,50}", any::<u64>(), ".{0,20}", any::<bool>());
    let hello = hello.prop_map(|(node, since, version, asks)| {
        Letter::Hello(Hello {
            node: node.into(),
            since,
            version: version.into(),
            asks,
        })
    });
    let served = (".{0,50}", any::<Vec<u8>>()).prop_map(|(from, bytes)| Letter::Served {
        service: Service::Presence,
        from: from.into(),
        bytes: bytes.into(),
    });
    prop_oneof![
        broadcast,
        hello,
        served,
        Just(Letter::Goodbye),
        any::<Option<String>>().prop_map(|topic| Letter::Gap(topic.map(Into::into))),
        any::<[u8; 16]>().prop_map(|instance| Letter::Taken(Instance(instance))),
    ]
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(origin: [u8; 16], letter in letter()) {
        let written = write(Instance(origin), &letter);
        let (from, read) = read(written.clone()).expect("it is ours");
        prop_assert_eq!(from, Instance(origin));
        prop_assert_eq!(format!("{read:?}"), format!("{letter:?}"));
        prop_assert_eq!(write(from, &read), written);
    }

    #[test]
    fn what_is_cut_off_or_changed_never_panics(
        origin: [u8; 16],
        letter in letter(),
        cut: usize,
        place: usize,
        byte: u8,
    ) {
        let written = write(Instance(origin), &letter).to_vec();
        let short = Bytes::copy_from_slice(&written[..cut % written.len()]);
        let _ = read(short);
        let mut changed = written;
        let place = place % changed.len();
        changed[place] = byte;
        let _ = read(changed.into());
    }

    #[test]
    fn whatever_arrives_never_panics(bytes: Vec<u8>) {
        let _ = read(bytes.into());
    }
}

#[test]
fn later_versions_and_kinds_are_told_from_what_is_malformed() {
    let mut bytes = write(Instance([7; 16]), &Letter::Goodbye).to_vec();
    assert!(matches!(
        read(bytes.clone().into()),
        Ok((_, Letter::Goodbye))
    ));
    bytes[1] = 200;
    assert_eq!(read(bytes.clone().into()).err(), Some(Unreadable::Unknown));
    bytes[0] = 2;
    assert_eq!(read(bytes.clone().into()).err(), Some(Unreadable::Unknown));
    bytes[0] = 0;
    assert_eq!(read(bytes.into()).err(), Some(Unreadable::Malformed));
    assert_eq!(read(Bytes::new()).err(), Some(Unreadable::Malformed));
}

/// What stands here is written by every version 1, for ever.
#[test]
fn the_form_of_a_broadcast_stays() {
    let broadcast = Broadcast::new("room:1", "said", Payload::Json("{}".into()));
    let except = Some(SubscriberId(0x0102_0304_0506_0708));
    let written = write(Instance([9; 16]), &Letter::Broadcast { broadcast, except });
    let mut expected = vec![1, 1];
    expected.extend([9; 16]);
    expected.extend([0x80, 1, 2, 3, 4, 5, 6, 7, 8]);
    expected.extend([0, 0, 0, 6]);
    expected.extend(b"room:1");
    expected.extend([0, 0, 0, 4]);
    expected.extend(b"said{}");
    assert_eq!(written, expected);
}
