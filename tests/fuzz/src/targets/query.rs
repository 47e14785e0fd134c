//! Queries: what was read and is written again reads the same, and plain pairs are what they say.

use std::collections::BTreeMap;

use landfall::{
    fuzzing,
    socket::{Param, Params},
};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

pub(crate) fn run(data: &[u8]) {
    let Some(params) = fuzzing::query(data) else {
        return;
    };
    let json = serde_json::to_string(&params).expect("JSON");
    assert!(
        json.len() <= 6 * data.len() * 34 + 2,
        "{} bytes of JSON",
        json.len()
    );

    let mut written = String::new();
    for (name, param) in params.iter() {
        write(&mut written, name, param);
    }
    assert_eq!(
        fuzzing::query(written.as_bytes()).as_ref(),
        Some(&params),
        "{written}"
    );

    if let Some(plain) = plain(data) {
        let expected: Params = plain.into_iter().collect();
        assert_eq!(params, expected);
    }
}

fn write(out: &mut String, name: &str, param: &Param) {
    match param {
        Param::Text(value) => {
            let encode = |text: &str| percent_encode(text.as_bytes(), NON_ALPHANUMERIC).to_string();
            out.push_str(&format!("{}={}&", encode(name), encode(value)));
        }
        Param::List(items) => items
            .iter()
            .for_each(|item| write(out, &format!("{name}[]"), item)),
        Param::Map(params) => {
            params
                .iter()
                .for_each(|(key, value)| write(out, &format!("{name}[{key}]"), value));
        }
    }
}

/// Pairs without brackets, decoded by hand; `None` if there are any.
fn plain(data: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut pairs = BTreeMap::new();
    for pair in data
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
    {
        let cut = pair
            .iter()
            .position(|byte| *byte == b'=')
            .unwrap_or(pair.len());
        let name = decode(&pair[..cut])?;
        let value = decode(pair.get(cut + 1..).unwrap_or_default())?;
        if name.contains('[') {
            return None;
        }
        pairs.insert(name, value);
    }
    Some(pairs)
}

fn decode(text: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    String::from_utf8(super::paths::unescape(&spaced)).ok()
}
