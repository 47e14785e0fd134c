use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn typed(types: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in types {
        headers.append(CONTENT_TYPE, value.parse().expect("a value"));
    }
    headers
}

fn ndjson(body: &[u8], most: usize) -> Result<Vec<Message>, Malformed> {
    messages(
        &["application/x-ndjson"],
        Bytes::copy_from_slice(body),
        most,
    )
}

fn messages(types: &[&str], body: Bytes, most: usize) -> Result<Vec<Message>, Malformed> {
    let read = Messages::read(&typed(types), body, most)?;
    let count = read.len();
    let messages: Vec<Message> = read.collect();
    assert_eq!(messages.len(), count, "what was checked can be made");
    Ok(messages)
}

/// A message that a line can carry, and its line.
fn line() -> impl Strategy<Value = (Message, Vec<u8>)> {
    prop_oneof![
        "\\[[^\r\n]{0,40}".prop_map(|text| (Message::from(text.clone()), text.into_bytes())),
        proptest::collection::vec(any::<u8>(), 1..60).prop_map(|bytes| {
            let line = data_encoding::BASE64.encode(&bytes).into_bytes();
            (Message::Binary(bytes.into()), line)
        }),
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_messages_or_malformed(body: Vec<u8>, most in 0..20_usize) {
        if let Ok(messages) = ndjson(&body, most) {
            prop_assert!(messages.len() <= most);
        }
        let whole = messages(&[], Bytes::from(body.clone()), most);
        match std::str::from_utf8(&body) {
            Ok(text) => prop_assert_eq!(whole, Ok(vec![Message::from(text)])),
            Err(_) => prop_assert_eq!(whole, Err(Malformed::NotUtf8)),
        }
    }

    #[test]
    fn lines_are_read_back_whatever_ends_them(
        lines in proptest::collection::vec((line(), prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n")]), 0..30),
        last: bool,
    ) {
        let mut body = Vec::new();
        for ((_, line), end) in &lines {
            body.extend_from_slice(line);
            body.extend_from_slice(end.as_bytes());
        }
        if last && let Some((_, end)) = lines.last() {
            body.truncate(body.len() - end.len());
        }
        let expected: Vec<Message> = lines.into_iter().map(|((message, _), _)| message).collect();
        let count = expected.len();
        prop_assert_eq!(ndjson(&body, count), Ok(expected));
        if count > 0 {
            prop_assert_eq!(ndjson(&body, count - 1), Err(Malformed::TooMany));
        }
    }

    #[test]
    fn an_answer_is_json_with_the_messages_in_it(texts: Vec<String>) {
        let format = |text: &String| Element::format(Message::from(text.as_str())).expect("text");
        let elements: Vec<Bytes> = texts.iter().map(format).collect();
        let answer: Value = serde_json::from_slice(&answer(200, "a.b-c_d", &elements)).expect("JSON");
        let expected = serde_json::json!({ "status": 200, "token": "a.b-c_d", "messages": texts });
        prop_assert_eq!(answer, expected);
    }
}

#[test]
fn the_type_says_whether_there_are_lines() {
    let body = || Bytes::from_static(b"[1]\n[2]");
    for (types, count) in [
        (&["application/x-ndjson"][..], 2),
        (&["application/X-NDJSON"], 2),
        (&["application/x-ndjson; charset=utf-8"], 2),
        (&["application/json"], 1),
        (&["text/plain", "application/x-ndjson"], 1),
        (&[], 1),
    ] {
        assert_eq!(
            messages(types, body(), 100).map(|messages| messages.len()),
            Ok(count),
            "{types:?}"
        );
    }
}

#[test]
fn what_no_line_can_be() {
    for (body, malformed) in [
        (&b"[1]\n[\xff]"[..], Malformed::NotUtf8),
        (b"QUI", Malformed::NotBase64),
        (b"QUI=\n =", Malformed::NotBase64),
        (b"-_==", Malformed::NotBase64),
        (b"QUJ=", Malformed::NotBase64),
        (b"{}", Malformed::NotBase64),
        (b"\r\r\n", Malformed::NotBase64),
    ] {
        assert_eq!(ndjson(body, 100), Err(malformed), "{body:?}");
    }
}

proptest! {
    /// It is checked a little at a time, and decoded as a whole.
    #[test]
    fn base64_is_checked_as_it_is_decoded(
        groups in proptest::collection::vec(prop_oneof!["QUJD", "QUI=", "QQ==", "QR==", "QUJ", "Q\\*JD"], 1..6),
        times in 0..400_usize,
    ) {
        let line = ["QUJD".repeat(times), groups.concat()].concat();
        prop_assert_eq!(is_base64(line.as_bytes()), BASE64.decode(line.as_bytes()).is_ok());
    }

    #[test]
    fn a_text_is_as_long_as_it_was_measured(text in "[\\PC\\x00-\\x20\"\\\\]{0,100}") {
        prop_assert_eq!(escaped(&text) + 2, serde_json::to_string(&text).expect("text").len());
    }
}

#[test]
fn bytes_have_no_form() {
    assert!(Element::format(Message::Binary(Bytes::new())).is_err());
}
