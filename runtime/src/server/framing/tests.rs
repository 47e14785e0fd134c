use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits {
    headers: 3,
    bytes: 8192,
};

fn followed(parts: &[&[u8]]) -> Framing {
    let mut framing = Framing::new(LIMITS);
    parts.iter().for_each(|part| framing.read(part));
    framing
}

/// The number of complete heads, the first malformed request, and whether another has begun.
fn seen(parts: &[&[u8]]) -> (u64, Option<u64>, bool) {
    let framing = followed(parts);
    (framing.heads, framing.malformed(), framing.is_in_head())
}

fn of(text: &str) -> (u64, Option<u64>, bool) {
    seen(&[text.as_bytes()])
}

#[test]
fn heads_are_counted_whatever_they_look_like() {
    assert_eq!(of(""), (0, None, false));
    assert_eq!(of("\r\n\r\n"), (0, None, false));
    assert_eq!(of("\r\n\r\nG"), (0, None, true));
    assert_eq!(of("GET / HTTP/1.1\r\nhost: a\r\n"), (0, None, true));
    assert_eq!(of("GET / HTTP/1.1\r\nhost: a\r\n\r\n"), (1, None, false));
    assert_eq!(
        of("GET / HTTP/1.1\nhost: a\n\nGET / HTTP/1.1\n\n\r\nG"),
        (2, None, true)
    );
}

#[test]
fn a_length_is_given_once_or_not_at_all() {
    let head = |lines: &str| format!("POST / HTTP/1.1\r\n{lines}\r\n");
    for lines in [
        "content-length: 5\r\ncontent-length: 5\r\n",
        "Content-Length: 5\r\nCONTENT-LENGTH:5\r\n",
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
    ] {
        assert_eq!(of(&head(lines)), (1, Some(0), false), "{lines}");
    }
    for lines in [
        "x-content-length: 5\r\ncontent-lengthy: 5\r\nx: content-length:\r\ncontent-length: 1\r\n",
        "content-lengt: 5\r\ntransfer_encoding: x\r\ntransfer-encoding: chunked\r\n",
    ] {
        assert_eq!(of(&head(lines)), (1, None, false), "{lines}");
    }
    assert_eq!(
        of("content-length: 5\r\ncontent-length: 5\r\n\r\n"),
        (1, None, false),
        "the request line"
    );
}

#[test]
fn bodies_are_no_heads() {
    let look_alike = "content-length: 5\r\ncontent-length: 5\r\n\r\n";
    let length = format!(
        "POST / HTTP/1.1\r\ncontent-length: {}\r\n\r\n{look_alike}",
        look_alike.len()
    );
    assert_eq!(of(&length.repeat(3)), (3, None, false));
    let chunk = format!("{:X} ;a=b\r\n{look_alike}\r\n", look_alike.len());
    let chunked = format!(
        "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n{chunk}{chunk}0\r\na: b\r\n\r\n"
    );
    assert_eq!(of(&chunked.repeat(3)), (3, None, false));
}

#[test]
fn what_is_no_chunk_is_malformed() {
    let over = "x".repeat(16 * 1024);
    let bodies = [
        "\r\n",
        "x\r\n",
        "-1\r\n",
        " 1\r\n",
        "0x1\r\n",
        "1 1\r\n",
        "1\n",
        "1\rx",
        "1x\r\n",
        ";a\r\n",
        "1;a\nb",
        "1\r\nab",
        "1\r\na\n",
        "1\r\na\rb",
        "10000000000000000\r\n",
        "0\r\n:a\r\n",
        "0\r\na\r\n",
        "0\r\n a: b\r\n",
        "0\r\na : b\r\n",
        "0\r\na: b\n",
        "0\r\na: \0",
        "0\r\n\rx",
    ];
    let long = [
        format!("1;{over}"),
        format!("0\r\na: {over}"),
        format!("0\r\n{}", "a: b\r\n".repeat(4)),
    ];
    for body in bodies.into_iter().chain(long.iter().map(String::as_str)) {
        let text = format!("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n{body}");
        assert_eq!(of(&text), (1, Some(0), false), "{body:?}");
    }
}

#[test]
fn the_first_malformed_request_is_named_and_nothing_behind_it_counts() {
    let good = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    let bad = "POST / HTTP/1.1\r\ncontent-length: 0\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(
        of(&format!("{good}{good}{bad}{good}{bad}GET")),
        (3, Some(2), false)
    );
}

proptest! {
    #[test]
    fn it_does_not_matter_where_reads_end(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "POST / HTTP/1.1\r\n", "content-length: 3\r\n", "Transfer-Encoding: chunked\r\n", "\r\n", "\n", "3\r\nabc\r\n",
            "0\r\n", "a: b\r\n", "abc", ";", " ", "\r",
        ]), 0..12),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 2),
    ) {
        let text = pieces.concat().into_bytes();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        cuts.sort_unstable();
        let parts = [&text[..cuts[0]], &text[cuts[0]..cuts[1]], &text[cuts[1]..]];
        prop_assert_eq!(seen(&parts), seen(&[&text]));
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        prop_assert_eq!(seen(&bytes), seen(&[&text]));
    }
}
