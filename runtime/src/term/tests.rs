use proptest::prelude::*;

use super::{
    read::{self, Limits, Unreadable},
    value::*,
};

fn any_term() -> impl Strategy<Value = Term> {
    let leaf = prop_oneof![
        (i128::MIN + 1..i128::MAX).prop_map(Term::Int),
        any::<u8>().prop_map(|byte| Term::Int(byte.into())),
        any::<i32>().prop_map(|small| Term::Int(small.into())),
        any::<f64>()
            .prop_filter("the format has no infinities", |f| f.is_finite())
            .prop_map(Term::Float),
        "\\PC{0,20}".prop_map(Term::Atom),
        any::<Vec<u8>>().prop_map(Term::Binary),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Term::Tuple),
            prop::collection::vec(inner.clone(), 0..8).prop_map(Term::List),
            prop::collection::vec((inner.clone(), inner), 0..8).prop_map(map),
        ]
    })
}

/// Of pairs with the same key, the first one.
fn map(mut pairs: Vec<(Term, Term)>) -> Term {
    pairs.sort_by(|a, b| a.0.compare(&b.0));
    pairs.dedup_by(|a, b| a.0.compare(&b.0).is_eq());
    Term::Map(pairs)
}

proptest! {
    #[test]
    fn what_is_written_is_read(term in any_term()) {
        prop_assert_eq!(Term::decode(&term.encode()), Some(term));
    }

    #[test]
    fn any_bytes_are_read_or_refused(mut bytes in any::<Vec<u8>>()) {
        let _ = Term::decode(&bytes);
        bytes.insert(0, VERSION);
        if let Some(term) = Term::decode(&bytes) {
            prop_assert_eq!(Term::decode(&term.encode()), Some(term));
        }
    }

    #[test]
    fn a_changed_term_is_read_or_refused(term in any_term(), at in any::<prop::sample::Index>(), to: u8) {
        let mut bytes = term.encode();
        let at = at.index(bytes.len());
        bytes[at] = to;
        let _ = Term::decode(&bytes);
        let _ = Term::decode(&bytes[..at]);
    }
}

#[test]
fn reads_what_erlang_writes() {
    for (bytes, term) in [
        (&[131, 98, 255, 255, 255, 255][..], Term::Int(-1)),
        (&[131, 110, 1, 1, 200], Term::Int(-200)),
        (&[131, 111, 0, 0, 0, 2, 0, 0, 1], Term::Int(256)),
        (&[131, 70, 63, 248, 0, 0, 0, 0, 0, 0], Term::Float(1.5)),
        (&[131, 100, 0, 2, b'v', b'1'], Term::Atom("v1".to_owned())),
        (&[131, 115, 1, 0xe9], Term::Atom("é".to_owned())),
        (&[131, 118, 0, 2, 0xc3, 0xa9], Term::Atom("é".to_owned())),
        (
            &[131, 107, 0, 2, 1, 2],
            Term::List(vec![Term::Int(1), Term::Int(2)]),
        ),
        (
            &[131, 105, 0, 0, 0, 1, 97, 1],
            Term::Tuple(vec![Term::Int(1)]),
        ),
        (
            &[131, 116, 0, 0, 0, 1, 97, 1, 97, 2],
            Term::Map(vec![(Term::Int(1), Term::Int(2))]),
        ),
        (&[131, 77, 0, 0, 0, 1, 8, 7], Term::Binary(vec![7])),
        (
            b"\x83c2.50000000000000000000e+00\0\0\0\0\0",
            Term::Float(2.5),
        ),
    ] {
        assert_eq!(Term::decode(bytes), Some(term), "{bytes:?}");
    }
}

#[test]
fn keeps_what_it_cannot_express() {
    let node = [119, 3, b'a', b'@', b'b'];
    let pid = [&[131, 88][..], &node, &[0; 12]].concat();
    let reference = [&[131, 90, 0, 2][..], &node, &[0; 12]].concat();
    let improper = vec![131, 108, 0, 0, 0, 1, 97, 1, 97, 2];
    let huge = [&[131, 110, 20, 0][..], &[1; 20]].concat();
    let bits = vec![131, 77, 0, 0, 0, 1, 3, 0xe0];
    for bytes in [pid, reference, improper, huge, bits] {
        let term = Term::decode(&bytes).expect("known to Erlang");
        assert_eq!(term, Term::Opaque(bytes[1..].to_vec()));
        assert_eq!(term.encode(), bytes);
    }
}

#[test]
fn refuses_what_could_run_or_lies() {
    let nested = [&[131][..], &[104, 1].repeat(1000), &[106]].concat();
    for bytes in [
        &[][..],
        &[131],
        &[97, 1],
        &[131, 97, 1, 0],
        &[131, 116, 0, 0, 0, 2, 97, 5, 97, 1, 98, 0, 0, 0, 5, 97, 2],
        &[131, 77, 0, 0, 0, 1, 9, 1],
        &[131, 112, 0, 0, 0, 4],
        &[131, 113, 119, 1, b'a', 119, 1, b'b', 97, 0],
        &[131, 117, 0, 0, 0, 0],
        &[131, 108, 255, 255, 255, 255, 106],
        &[131, 116, 255, 255, 255, 255],
        &[131, 109, 0, 0, 0, 9, 1],
        &[131, 110, 1, 2, 1],
        &[131, 118, 0, 1, 0xff],
        &[131, 70, 127, 240, 0, 0, 0, 0, 0, 0],
        &[131, 80, 255, 255, 255, 255, 0],
        &nested,
    ] {
        assert_eq!(Term::decode(bytes), None, "{bytes:?}");
    }
}

#[cfg(any(feature = "compress", feature = "redis"))]
#[test]
fn reads_compressed_terms_of_the_size_they_say() {
    use std::io::Write;
    let term = Term::List(vec![Term::text("again"); 100]);
    let plain = &term.encode()[1..];
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    zlib.write_all(plain).expect("memory");
    let stream = zlib.finish().expect("memory");
    let compressed = |size: u32| [&[131, 80][..], &size.to_be_bytes(), &stream].concat();
    assert_eq!(Term::decode(&compressed(plain.len() as u32)), Some(term));
    assert_eq!(Term::decode(&compressed(plain.len() as u32 - 1)), None);
    assert_eq!(Term::decode(&compressed(plain.len() as u32 + 1)), None);
}

#[test]
fn keys_are_in_the_order_of_erlang() {
    let big = |negative: u8, last: u8| {
        let bytes = [&[131, 110, 17, negative][..], &[1; 16], &[last]].concat();
        Term::decode(&bytes).expect("an integer")
    };
    let pid = [&[131, 88, 119, 1, b'n'][..], &[0; 12]].concat();
    let sorted = [
        big(1, 2),
        big(1, 1),
        Term::Int(-1),
        Term::Int(7),
        big(0, 1),
        big(0, 2),
        Term::Float(-1.0),
        Term::Float(0.5),
        Term::Atom("a".to_owned()),
        Term::nil(),
        Term::decode(&pid).expect("a process"),
        Term::Tuple(vec![Term::Int(9)]),
        Term::Tuple(vec![Term::Int(1), Term::Int(1)]),
        Term::Map(vec![]),
        Term::List(vec![]),
        Term::List(vec![Term::Int(1)]),
        Term::text("a"),
        Term::text("ab"),
        Term::text("b"),
    ];
    for (a, one) in sorted.iter().enumerate() {
        for (b, other) in sorted.iter().enumerate() {
            assert_eq!(one.compare(other), a.cmp(&b), "{one:?} and {other:?}");
        }
    }
}

#[test]
fn what_is_read_is_limited() {
    let limits = Limits {
        depth: 3,
        terms: 4,
        inflated: 64,
        functions: true,
    };
    let read = |bytes: &[u8]| read::whole(&[&[VERSION], bytes].concat(), &limits);
    assert!(read(&[104, 3, 97, 1, 97, 2, 97, 3]).is_ok());
    assert_eq!(
        read(&[104, 4, 97, 1, 97, 2, 97, 3, 97, 4]),
        Err(Unreadable::Large)
    );
    assert!(read(&[107, 0, 3, 1, 2, 3]).is_ok());
    assert_eq!(read(&[107, 0, 4, 1, 2, 3, 4]), Err(Unreadable::Large));
    assert!(read(&[104, 1, 104, 1, 97, 1]).is_ok());
    assert_eq!(
        read(&[104, 1, 104, 1, 104, 1, 97, 1]),
        Err(Unreadable::Deep)
    );
    assert_eq!(read(&[80, 0, 0, 0, 65, 0]), Err(Unreadable::Large));
    assert_eq!(read(&[121, 0]), Err(Unreadable::Unknown(121)));
    assert_eq!(read(&[112, 0, 0, 0, 3, 0]), Err(Unreadable::Malformed));
    assert!(read(&[112, 0, 0, 0, 6, 0, 0]).is_ok());
    assert!(read(&[113, 119, 1, b'a', 119, 1, b'b', 97, 0]).is_ok());
}
