//! Static files: conditions, ranges and encodings as RFC 9110 has them.

use super::{Case, Outcome, Rule};
use crate::replay::payload;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "q=0 is no",
        reason: "a client that gives an encoding no weight does not get it: Phoenix looks for the name anywhere in the header",
        want: no_weight,
    },
    Rule {
        name: "anything is known",
        reason: "`if-none-match: *` is for whatever there is, and is answered with 304: Phoenix compares it with the tag",
        want: anything_known,
    },
    Rule {
        name: "beyond the end",
        reason: "a range that begins behind the end is answered with 416 and the file's length: Phoenix sends a part of no bytes, \
                 whose `content-range` ends before it begins",
        want: beyond_the_end,
    },
    Rule {
        name: "if-range heeded",
        reason: "a client that has a part of another version of the file gets all of this one: Phoenix would have it put \
                 together what does not belong together",
        want: if_range,
    },
];

fn is_static(case: &Case) -> bool {
    case.theme == "static"
}

fn remove(wanted: &mut Outcome, name: &str) {
    wanted
        .headers
        .retain(|(key, _)| !key.eq_ignore_ascii_case(name));
}

fn set(wanted: &mut Outcome, name: &str, value: String) {
    remove(wanted, name);
    wanted.headers.push((name.to_owned(), value));
}

fn no_weight(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let refused = case
        .request
        .values("accept-encoding")
        .any(|value| value.ends_with(";q=0"));
    let found = is_static(case) && refused && wanted.header("content-encoding").is_some();
    if found {
        remove(wanted, "content-encoding");
        wanted.body = Some(payload::file(&case.request.target, false));
    }
    found
}

fn anything_known(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let found = is_static(case)
        && wanted.status == 200
        && wanted.header("etag").is_some()
        && case
            .request
            .values("if-none-match")
            .any(|value| value == "*");
    if found {
        wanted.status = 304;
        wanted.body = Some(String::new());
        remove(wanted, "content-type");
        remove(wanted, "accept-ranges");
    }
    found
}

fn beyond_the_end(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let Some(range) = wanted.header("content-range").filter(|_| is_static(case)) else {
        return false;
    };
    let number = |text: &str| text.parse::<u64>().ok();
    let Some((part, size)) = range
        .strip_prefix("bytes ")
        .and_then(|range| range.split_once('/'))
    else {
        return false;
    };
    let ends = part
        .split_once('-')
        .and_then(|(first, last)| Some((number(first)?, number(last)?)));
    if ends.is_none_or(|(first, last)| first <= last) {
        return false;
    }
    let told = format!("bytes */{size}");
    wanted.status = 416;
    wanted.body = Some(String::new());
    set(wanted, "content-range", told);
    remove(wanted, "content-type");
    true
}

fn if_range(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let Some(range) = wanted.header("content-range").filter(|_| is_static(case)) else {
        return false;
    };
    let size = range
        .rsplit('/')
        .next()
        .and_then(|size| size.parse::<usize>().ok());
    let other = case
        .request
        .values("if-range")
        .next()
        .is_some_and(|tag| Some(tag) != wanted.header("etag"));
    if !other || got.body.as_ref().map(String::len) != size {
        return false;
    }
    wanted.status = 200;
    wanted.body = None;
    remove(wanted, "content-range");
    true
}
