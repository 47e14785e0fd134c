use http::{HeaderValue, header::CONNECTION};
use proptest::prelude::*;

use super::*;

fn lines<T: AsRef<[u8]>>(name: HeaderName, lines: &[T]) -> HeaderMap {
    let values = lines
        .iter()
        .map(|line| HeaderValue::from_bytes(line.as_ref()).expect("a value"));
    values.map(|value| (name.clone(), value)).collect()
}

fn elements(of: &[&str]) -> Vec<String> {
    let headers = lines(CONNECTION, of);
    let text = |element: &[u8]| String::from_utf8(element.to_vec()).expect("UTF-8");
    list(&headers, &CONNECTION).map(text).collect()
}

#[test]
fn several_lines_are_one_list() {
    assert_eq!(elements(&["a, b", "c"]), ["a", "b", "c"]);
    assert_eq!(elements(&["a,,\t b \t,", "", " , ", "c"]), ["a", "b", "c"]);
    assert_eq!(elements(&[]), Vec::<String>::new());
}

#[test]
fn a_comma_in_quotes_parts_nothing() {
    assert_eq!(elements(&[r#"a; x="1,2", b"#]), [r#"a; x="1,2""#, "b"]);
    assert_eq!(elements(&[r#"a; x="\",\"", b"#]), [r#"a; x="\",\"""#, "b"]);
    // A quote that is not closed, here or on the next line, is an ordinary character.
    assert_eq!(
        elements(&[r#"a; x="1, b"#, r#"c", d"#]),
        [r#"a; x="1"#, "b", r#"c""#, "d"]
    );
    assert_eq!(elements(&[r#"a "\", b"#]), [r#"a "\""#, "b"]);
}

#[test]
fn tokens_have_no_case_and_bad_ones_spoil_no_other() {
    let headers = lines(
        CONNECTION,
        &[&b"keep-alive, \xff"[..], b"x\xe9, UpGrade ,y"],
    );
    assert!(has_token(&headers, &CONNECTION, "upgrade"));
    assert!(has_token(&headers, &CONNECTION, "keep-alive"));
    assert!(!has_token(&headers, &CONNECTION, "up"));
    assert_eq!(
        texts(&headers, &CONNECTION),
        Some(vec!["keep-alive", "UpGrade", "y"])
    );
    assert_eq!(texts(&HeaderMap::new(), &CONNECTION), None);
}

#[test]
fn what_occurs_once() {
    assert_eq!(
        one(&lines(CONNECTION, &[" a\t"]), CONNECTION),
        Some(&b"a"[..])
    );
    assert_eq!(one(&lines(CONNECTION, &["a", "a"]), CONNECTION), None);
    assert_eq!(one(&HeaderMap::new(), CONNECTION), None);
    let headers = lines(
        CONNECTION,
        &[&b"\xff"[..], b"", b" a ", "\u{e9}".as_bytes()],
    );
    assert_eq!(
        values(&headers, CONNECTION).collect::<Vec<_>>(),
        ["a", "\u{e9}"]
    );
}

#[test]
fn a_port_stands_behind_the_last_colon() {
    for (text, found) in [
        ("a.com", ("a.com", None)),
        ("a.com:80", ("a.com", Some("80"))),
        ("a.com:", ("a.com", Some(""))),
        ("[::1]", ("[::1]", None)),
        ("[::1]:80", ("[::1]", Some("80"))),
        ("", ("", None)),
    ] {
        assert_eq!(host_and_port(text), found, "{text}");
    }
}

#[test]
fn a_media_type_is_named_in_any_case_with_any_parameters() {
    let is_ndjson =
        |types: &[&str]| is_of_type(&lines(CONTENT_TYPE, types), "application/x-ndjson");
    for types in [
        &["application/x-ndjson"][..],
        &["Application/X-NDJSON"],
        &["application/x-ndjson;charset=utf-8"],
        &["application/x-ndjson ; charset=\"a,b\""],
        &[
            "application/x-ndjson",
            "application/x-ndjson; charset=utf-8",
        ],
        &["application/x-ndjson, application/x-ndjson"],
    ] {
        assert!(is_ndjson(types), "{types:?}");
    }
    for types in [
        &[][..],
        &[""],
        &["text/plain"],
        &["application/x-ndjson+xml"],
        &["text/plain; x=application/x-ndjson"],
        &["text/plain", "application/x-ndjson"],
        &["application/x-ndjson", "text/plain"],
    ] {
        assert!(!is_ndjson(types), "{types:?}");
    }
}

proptest! {
    #[test]
    fn a_list_is_read_back_however_it_is_spread(
        tokens in proptest::collection::vec(("[a-zA-Z0-9.-]{1,8}", "[ \t]{0,2}", 0..4_usize), 0..20),
    ) {
        let mut all = vec![String::new()];
        for (token, blanks, parting) in &tokens {
            let line = all.last_mut().expect("one");
            line.push_str(&format!("{blanks}{token}{blanks}"));
            match parting {
                0 => all.push(String::new()),
                commas => line.push_str(&",".repeat(*commas)),
            }
        }
        let read = elements(&all.iter().map(String::as_str).collect::<Vec<_>>());
        let expected: Vec<_> = tokens.iter().map(|(token, _, _)| token.clone()).collect();
        prop_assert_eq!(read, expected.clone());
        let headers = lines(CONNECTION, &all);
        for token in expected {
            prop_assert!(has_token(&headers, &CONNECTION, &token.to_ascii_uppercase()));
        }
    }

    #[test]
    fn no_bytes_panic_and_none_are_lost(value in proptest::collection::vec(any::<u8>(), 0..80)) {
        let parts: Vec<_> = Split::new(&value, b',').collect();
        prop_assert_eq!(parts.join(&b','), value);
    }
}
