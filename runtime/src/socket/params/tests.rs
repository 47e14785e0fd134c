#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

fn read(query: &str) -> Value {
    serde_json::to_value(Params::from_query(query).unwrap()).unwrap()
}

fn one(query: &str) -> Param {
    Params::from_query(query).unwrap().get("x").unwrap().clone()
}

#[test]
fn queries_are_read_like_plug_reads_them() {
    let cases = [
        ("", json!({})),
        ("a=1&b=two&a=3", json!({"a": "3", "b": "two"})),
        (
            "x[y]=1&x[z][]=a&x[z][]=b",
            json!({"x": {"y": "1", "z": ["a", "b"]}}),
        ),
        ("flag&v=", json!({"flag": "", "v": ""})),
        ("&&a=1&", json!({"a": "1"})),
        ("=1", json!({"": "1"})),
        ("a=b=c", json!({"a": "b=c"})),
        ("a=1;b=2", json!({"a": "1;b=2"})),
        ("vsn[]=1", json!({"vsn": ["1"]})),
        ("a[0]=x", json!({"a": {"0": "x"}})),
        ("a+b=c+d%2B", json!({"a b": "c d+"})),
        ("a%5Bb%5D=1", json!({"a": {"b": "1"}})),
        ("a=%", json!({"a": "%"})),
        ("a=%zz%4", json!({"a": "%zz%4"})),
        ("a=%C3%A9", json!({"a": "é"})),
    ];
    for (query, expected) in cases {
        assert_eq!(read(query), expected, "{query}");
    }
}

#[test]
fn brackets_that_do_not_match_up_are_part_of_the_name() {
    assert_eq!(read("a[b=1"), json!({"a[b": "1"}));
    assert_eq!(read("a]=1"), json!({"a]": "1"}));
    assert_eq!(read("a[b]c=1"), json!({"a[b]c": "1"}));
    assert_eq!(read("[a]=1"), json!({"": {"a": "1"}}));
}

#[test]
fn the_later_of_two_conflicting_pairs_counts() {
    assert_eq!(read("a=1&a[b]=2"), json!({"a": {"b": "2"}}));
    assert_eq!(read("a[b]=2&a=1"), json!({"a": "1"}));
    assert_eq!(read("a[]=1&a[b]=2"), json!({"a": {"b": "2"}}));
    assert_eq!(read("a[b]=2&a[]=1"), json!({"a": ["1"]}));
}

#[test]
fn names_inside_of_a_list_speak_of_one_element() {
    assert_eq!(read("a[][b]=1&a[][b]=2"), json!({"a": [{"b": "2"}]}));
    assert_eq!(
        read("a[][b]=1&a[][c]=2"),
        json!({"a": [{"b": "1", "c": "2"}]})
    );
    assert_eq!(
        read("a[]=x&a[][b]=1&a[]=y&a[][c]=2"),
        json!({"a": ["x", {"b": "1", "c": "2"}, "y"]})
    );
    assert_eq!(read("a[][]=1&a[][]=2"), json!({"a": [["1", "2"]]}));
}

#[test]
fn what_is_not_utf8_or_too_long_is_refused() {
    assert_eq!(Params::from_query("a=%ff"), Err(QueryError::NotUtf8));
    assert_eq!(Params::from_query("%ff=a"), Err(QueryError::NotUtf8));
    assert_eq!(Params::from_query(b"a=\xff"), Err(QueryError::NotUtf8));
    assert!(Params::from_query("a".repeat(1_000_000)).is_ok());
    assert_eq!(
        Params::from_query("a".repeat(1_000_001)),
        Err(QueryError::TooLong)
    );
}

#[test]
fn nesting_has_a_bound() {
    let nested = |depth: usize| Params::from_query(format!("a{}=1", "[b]".repeat(depth))).unwrap();
    assert!(matches!(nested(32).get("a"), Some(Param::Map(_))));
    assert_eq!(
        nested(33).as_str(&format!("a{}", "[b]".repeat(33))),
        Some("1")
    );
    assert_eq!(nested(300_000).len(), 1);
}

#[test]
fn the_largest_queries_are_read_in_no_time() {
    let many = |pair: fn(usize) -> String| {
        let mut query = (0..)
            .map(pair)
            .take_while(|pair| !pair.is_empty())
            .take(70_000)
            .collect::<Vec<_>>()
            .join("&");
        query.truncate(1_000_000);
        query
    };
    let deep = format!("a{}=1&", "[]".repeat(32)).repeat(14_000);
    let hostile = [
        many(|n| format!("k{n}=v")),
        many(|_| "a[]=v".to_owned()),
        many(|n| {
            if n % 2 == 0 {
                "a[]=v".to_owned()
            } else {
                "a[][b]=v".to_owned()
            }
        }),
        many(|n| {
            if n % 2 == 0 {
                "a=v".to_owned()
            } else {
                "a[b]=v".to_owned()
            }
        }),
        many(|n| format!("a[{n}][]=v")),
        "&".repeat(1_000_000),
        "[".repeat(1_000_000),
        "[]".repeat(500_000),
        "][".repeat(500_000),
        "%".repeat(1_000_000),
        deep,
    ];
    for query in hostile {
        let start = Instant::now();
        Params::from_query(&query).unwrap();
        assert!(start.elapsed() < Duration::from_secs(5), "{}", &query[..20]);
    }
}

#[test]
fn a_path_parameter_wins() {
    let mut params = Params::from_query("room=1&x=2").unwrap();
    params.insert("room", "lobby");
    assert_eq!(params, Params::from_iter([("room", "lobby"), ("x", "2")]));
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Green,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Id(u64);

#[derive(Debug, Deserialize, PartialEq)]
struct Page {
    number: u32,
    sort: Option<String>,
    tags: Vec<Id>,
}

#[test]
fn texts_become_scalars() {
    assert_eq!(one("x=-7").parse::<i8>().unwrap(), -7);
    assert_eq!(
        one("x=340282366920938463463374607431768211455")
            .parse::<u128>()
            .unwrap(),
        u128::MAX
    );
    assert_eq!(one("x=1.5").parse::<f64>().unwrap(), 1.5);
    assert!(one("x=true").parse::<bool>().unwrap());
    assert_eq!(one("x=%C3%A9").parse::<char>().unwrap(), 'é');
    assert_eq!(one("x=ahoy").parse::<String>().unwrap(), "ahoy");
    assert_eq!(one("x=7").parse::<Option<Id>>().unwrap(), Some(Id(7)));
    assert_eq!(one("x=green").parse::<Colour>().unwrap(), Colour::Green);
    one("x=").parse::<()>().unwrap();
}

#[test]
fn lists_and_maps_become_sequences_and_structs() {
    assert_eq!(one("x[]=1&x[]=2").parse::<Vec<u8>>().unwrap(), [1, 2]);
    assert_eq!(
        one("x[]=1&x[]=b").parse::<(u8, String)>().unwrap(),
        (1, "b".to_owned())
    );
    assert_eq!(
        one("x[7]=a").parse::<HashMap<u32, String>>().unwrap(),
        HashMap::from([(7, "a".to_owned())])
    );
    let page = Page {
        number: 2,
        sort: None,
        tags: vec![Id(1), Id(2)],
    };
    assert_eq!(
        one("x[number]=2&x[tags][]=1&x[tags][]=2")
            .parse::<Page>()
            .unwrap(),
        page
    );
    let params = Params::from_query("number=2&tags[]=1&tags[]=2").unwrap();
    assert_eq!(params.parse::<Page>().unwrap(), page);
    assert_eq!(
        params.parse::<BTreeMap<String, Value>>().unwrap()["tags"],
        json!(["1", "2"])
    );
}

#[test]
fn errors_say_what_was_expected_and_not_what_came() {
    let said = [
        one("x=s3cret").parse::<u8>().unwrap_err().to_string(),
        one("x=s3cret").parse::<f64>().unwrap_err().to_string(),
        one("x=s3cret").parse::<bool>().unwrap_err().to_string(),
        one("x=s3cret").parse::<char>().unwrap_err().to_string(),
        one("x=s3cret").parse::<()>().unwrap_err().to_string(),
        one("x=s3cret").parse::<Colour>().unwrap_err().to_string(),
        one("x=s3cret").parse::<Vec<u8>>().unwrap_err().to_string(),
        one("x=s3cret")
            .parse::<std::net::IpAddr>()
            .unwrap_err()
            .to_string(),
        one("x[]=s3cret")
            .parse::<(u8, u8)>()
            .unwrap_err()
            .to_string(),
        one("x[]=s3cret").parse::<String>().unwrap_err().to_string(),
        one("x[]=s3cret").parse::<Colour>().unwrap_err().to_string(),
        one("x[tags]=s3cret")
            .parse::<Page>()
            .unwrap_err()
            .to_string(),
        one("x[sort]=s3cret")
            .parse::<Page>()
            .unwrap_err()
            .to_string(),
    ];
    let expected = [
        "expected a whole number (`u8`)",
        "expected a number (`f64`)",
        "expected `true` or `false`",
        "expected one character",
        "expected no value",
        "expected one of `red`, `green`",
        "expected a sequence",
        "the value is not allowed",
        "expected a whole number (`u8`)",
        "expected a string",
        "expected one of `red`, `green`",
        "expected a sequence",
        "`number` is missing",
    ];
    assert_eq!(said, expected);
    assert_eq!(
        one("x[]=1&x[]=2&x[]=3")
            .parse::<(u8, u8)>()
            .unwrap_err()
            .to_string(),
        "expected 2 elements in sequence"
    );
}

#[test]
fn debug_prints_names_only() {
    let params = Params::from_query("token=s3cret&user[password]=s3cret&list[]=s3cret").unwrap();
    assert_eq!(format!("{params:?}"), r#"Params {"list", "token", "user"}"#);
    let inner: Vec<_> = params
        .iter()
        .map(|(_, param)| format!("{param:?}"))
        .collect();
    assert_eq!(
        inner,
        [
            "List(.. 1 items)",
            "Text(..)",
            r#"Map(Params {"password"})"#
        ]
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(query: Vec<u8>) {
        let _ = Params::from_query(query);
    }

    #[test]
    fn any_brackets_are_read(query in "[yz=&%+\\[\\]]{0,200}") {
        let params = Params::from_query(&query).unwrap();
        let _ = (params.parse::<Value>(), params.parse::<Page>(), format!("{params:?}"));
    }

    #[test]
    fn plain_pairs_come_back(pairs in proptest::collection::btree_map("[a-z]{1,5}", "\\PC*", 0..8)) {
        let query: Vec<_> = pairs
            .iter()
            .map(|(k, v)| format!("{k}={}", percent_encoding::utf8_percent_encode(v, percent_encoding::NON_ALPHANUMERIC)))
            .collect();
        prop_assert_eq!(Params::from_query(query.join("&")).unwrap(), Params::from_iter(pairs));
    }
}
