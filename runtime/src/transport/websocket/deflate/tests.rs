//! Offers, windows and bombs.

use proptest::prelude::*;

use super::*;

fn answer(text: &str, options: &DeflateOptions) -> Option<String> {
    let mut headers = HeaderMap::new();
    headers.insert(
        SEC_WEBSOCKET_EXTENSIONS,
        HeaderValue::from_str(text).expect("a header"),
    );
    Deflate::negotiate(&headers, options)
        .map(|deflate| deflate.header().to_str().expect("text").to_owned())
}

fn offer(text: &str) -> Option<String> {
    answer(text, &DeflateOptions::DEFAULT)
}

fn windows_of(window_bits: u8) -> Compression {
    Compression::new(window_bits, &DeflateOptions::DEFAULT)
}

fn parameters() -> Deflate {
    Deflate {
        server_bits: 15,
        server_bits_told: false,
        server_forgets: false,
        client_bits: None,
        client_forgets: false,
    }
}

#[test]
fn offers_are_answered_by_what_they_ask_for() {
    for (asked, answered) in [
        ("permessage-deflate", "permessage-deflate"),
        ("foo, permessage-deflate", "permessage-deflate"),
        (
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate;client_max_window_bits=15",
        ),
        (
            "permessage-deflate; server_max_window_bits=8",
            "permessage-deflate;server_max_window_bits=8",
        ),
        (
            "permessage-deflate; server_max_window_bits=\"9\"",
            "permessage-deflate;server_max_window_bits=9",
        ),
        (
            "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
            "permessage-deflate;server_no_context_takeover;client_no_context_takeover",
        ),
        (
            "permessage-deflate; server_max_window_bits=16, permessage-deflate",
            "permessage-deflate",
        ),
    ] {
        assert_eq!(offer(asked).as_deref(), Some(answered), "{asked}");
    }
}

#[test]
fn no_window_is_larger_than_wanted() {
    let options = DeflateOptions {
        window_bits: 11,
        ..DeflateOptions::DEFAULT
    };
    for (asked, answered) in [
        (
            "permessage-deflate",
            "permessage-deflate;server_max_window_bits=11",
        ),
        (
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate;server_max_window_bits=11;client_max_window_bits=11",
        ),
        (
            "permessage-deflate; client_max_window_bits=9; server_max_window_bits=10",
            "permessage-deflate;server_max_window_bits=10;client_max_window_bits=9",
        ),
        (
            "permessage-deflate; client_max_window_bits=15; server_max_window_bits=15",
            "permessage-deflate;server_max_window_bits=11;client_max_window_bits=11",
        ),
    ] {
        assert_eq!(
            answer(asked, &options).as_deref(),
            Some(answered),
            "{asked}"
        );
    }
}

#[test]
fn what_fits_into_the_window_that_a_client_was_told_is_inflated() {
    let told = Deflate {
        client_bits: Some(9),
        ..parameters()
    };
    // Bytes that repeat after 4,000, further back than a window of 512 bytes reaches.
    let mut state = 1u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(4_000)
    .collect();
    let payload = [noise.as_slice(), &noise].concat();
    let wide = deflate(&payload, windows_of(15)).expect("compressed");
    let narrow = deflate(&payload, windows_of(9)).expect("compressed");
    assert!(narrow.len() > wide.len() + 1_000);
    let mut inflater = Inflater::default();
    for _ in 0..3 {
        let inflated = inflater.inflate(&told, &narrow, 10_000);
        assert!(inflated.expect("inflates") == payload);
    }
}

#[test]
fn a_worker_keeps_few_compressors() {
    for level in 1..=9 {
        for window_bits in 9..=15 {
            let options = DeflateOptions {
                level,
                ..DeflateOptions::DEFAULT
            };
            deflate(b"ahoy", Compression::new(window_bits, &options)).expect("compressed");
        }
    }
    assert_eq!(COMPRESSORS.with_borrow(Vec::len), KEPT);
    let off = DeflateOptions {
        level: 0,
        ..DeflateOptions::DEFAULT
    };
    assert_eq!(deflate(b"ahoy", Compression::new(15, &off)), None);
}

#[test]
fn bad_offers_are_passed_over() {
    for asked in [
        "x-webkit-deflate-frame",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=010",
        "permessage-deflate; client_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; unknown",
        "permessage-deflate;",
    ] {
        assert_eq!(offer(asked), None, "{asked}");
    }
}

#[test]
fn a_bomb_is_cut_one_step_past_the_limit() {
    let bomb = deflate(&vec![b'x'; 10_000_000], windows_of(15)).expect("compressed");
    let found = Inflater::default()
        .inflate(&parameters(), &bomb, 100_000)
        .expect_err("too large");
    assert_eq!(found.code, 1009);
}

#[test]
fn a_stream_that_ends_is_followed_by_a_new_one() {
    // RFC 7692 §7.2.3.4: "Hello" in a block with BFINAL.
    let data = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
    let mut inflater = Inflater::default();
    for _ in 0..2 {
        assert_eq!(
            inflater
                .inflate(&parameters(), &data, 100)
                .expect("inflates"),
            b"Hello"
        );
    }
}

#[test]
fn the_client_may_refer_to_earlier_messages() {
    // RFC 7692 §7.2.3.2: "Hello", and again by reference.
    let mut inflater = Inflater::default();
    for data in [
        &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00][..],
        &[0xf2, 0x00, 0x11, 0x00, 0x00],
    ] {
        assert_eq!(
            inflater
                .inflate(&parameters(), data, 100)
                .expect("inflates"),
            b"Hello"
        );
    }
}

proptest! {
    #[test]
    fn what_is_deflated_inflates_to_the_same(
        payload in proptest::collection::vec(0u8..4, 0..20_000),
        bits in 8u8..=15,
        level in 1u8..=9,
        memory_level in 1u8..=9,
    ) {
        let options = DeflateOptions { level, memory_level, ..DeflateOptions::DEFAULT };
        if let Some(data) = deflate(&payload, Compression::new(bits, &options)) {
            let mut inflater = Decompress::new_with_window_bits(false, bits.max(9));
            prop_assert_eq!(inflate(&mut inflater, &data, payload.len()).expect("inflates"), payload);
        } else {
            prop_assert!(bits == 8 && payload.len() > 256);
        }
    }

    #[test]
    fn junk_neither_panics_nor_loops_nor_passes_the_limit(
        junk in proptest::collection::vec(any::<u8>(), 0..2_000),
        limit in 0usize..5_000,
    ) {
        if let Ok(out) = Inflater::default().inflate(&parameters(), &junk, limit) {
            prop_assert!(out.len() <= limit);
        }
    }
}
