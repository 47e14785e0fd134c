//! Static files that are known while the application compiles: `static_path!`.

use super::text::Text;
use crate::{
    assets::known::{File, Known},
    endpoint::Endpoint,
};

/// The path of a static file for pages, in parts.
#[track_caller]
pub const fn static_path<E: Endpoint>(path: &'static str) -> [&'static str; 3] {
    let known = known::<E>("static_path");
    let (file, fragment) = path.split_at(fragment(path));
    match find(known, file) {
        Some((_, digested, _)) => [known.prefix, digested, fragment],
        None => [known.prefix, file, fragment],
    }
}

/// The integrity of a static file.
#[track_caller]
pub const fn static_integrity<E: Endpoint>(path: &'static str) -> Option<&'static str> {
    match find(known::<E>("static_integrity"), path) {
        Some((_, _, integrity)) => integrity,
        None => None,
    }
}

/// The number of bytes of all parts.
pub const fn length(parts: [&str; 3]) -> usize {
    parts[0].len() + parts[1].len() + parts[2].len()
}

/// The parts, concatenated.
pub const fn concat<const N: usize>(parts: [&str; 3]) -> [u8; N] {
    let (mut bytes, mut at, mut part) = ([0; N], 0, 0);
    while part < parts.len() {
        let (text, mut from) = (parts[part].as_bytes(), 0);
        while from < text.len() {
            bytes[at] = text[from];
            (at, from) = (at + 1, from + 1);
        }
        part += 1;
    }
    bytes
}

/// The text of concatenated parts.
pub const fn text(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

#[track_caller]
const fn known<E: Endpoint>(name: &str) -> Known {
    match E::STATIC_FILES.known {
        Some(known) => known,
        None => {
            let text = Text::new("`")
                .and(name)
                .and("!` needs a declaration without `env(..)`, expressions and `#[cfg]` in ");
            let text = text.and(
                "`cache_static_manifest`, `cache_manifest_skip_vsn` and the `path` of `static_url` or `url`",
            );
            panic!(
                "{}",
                text.help("ask the running endpoint: `edge.")
                    .and(name)
                    .and("(..)`")
                    .as_str()
            );
        }
    }
}

/// A file of the manifest; `None` if there is no manifest.
#[track_caller]
const fn find(known: Known, path: &str) -> Option<File> {
    check(path);
    let Some(files) = known.files else {
        return None;
    };
    let (mut low, mut high) = (0, files.len());
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(files[middle].0.as_bytes(), path.as_bytes()) {
            0 => return Some(files[middle]),
            order if order < 0 => low = middle + 1,
            _ => high = middle,
        }
    }
    let text = Text::new("no static file ")
        .and_name(path, true)
        .and(" in the cache manifest");
    panic!("{}", nearest(text, files, path).as_str());
}

/// In the words of `StaticPathError`.
#[track_caller]
const fn check(path: &str) {
    let bytes = path.as_bytes();
    if bytes.is_empty() || bytes[0] != b'/' || (bytes.len() > 1 && bytes[1] == b'/') {
        panic!(
            "{}",
            Text::new("expected a path starting with a single / but got ")
                .and_name(path, true)
                .help("such as `\"/assets/app.js\"`")
                .as_str()
        );
    }
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'\\' {
            panic!(
                "{}",
                Text::new("unsafe characters detected for path ")
                    .and_name(path, true)
                    .as_str()
            );
        }
        at += 1;
    }
}

/// Where a fragment begins.
const fn fragment(path: &str) -> usize {
    let (bytes, mut at) = (path.as_bytes(), 0);
    while at < bytes.len() && bytes[at] != b'#' {
        at += 1;
    }
    at
}

const fn compare(a: &[u8], b: &[u8]) -> i32 {
    let same = common(a, b, false);
    match (same == a.len(), same == b.len()) {
        (true, true) => 0,
        (true, false) => -1,
        (false, true) => 1,
        (false, false) => a[same] as i32 - b[same] as i32,
    }
}

/// How many bytes are the same at the start, or at the end.
const fn common(a: &[u8], b: &[u8], at_end: bool) -> usize {
    let mut same = 0;
    while same < a.len() && same < b.len() {
        let (one, other) = if at_end {
            (a[a.len() - 1 - same], b[b.len() - 1 - same])
        } else {
            (a[same], b[same])
        };
        if one != other {
            return same;
        }
        same += 1;
    }
    same
}

/// Names the three files whose paths have most in common with this one.
const fn nearest(text: Text, files: &[File], path: &str) -> Text {
    let mut text = match files.is_empty() {
        true => return text.help("it names no file: run `landfall digest`"),
        false => text.help("there is "),
    };
    let mut named = [usize::MAX; 3];
    let mut round = 0;
    while round < named.len() && round < files.len() {
        let (mut best, mut best_score, mut place) = (usize::MAX, 0, 0);
        while place < files.len() {
            let (a, b) = (files[place].0.as_bytes(), path.as_bytes());
            let score = 1 + common(a, b, false) + common(a, b, true);
            if score > best_score && place != named[0] && place != named[1] {
                (best, best_score) = (place, score);
            }
            place += 1;
        }
        named[round] = best;
        text = text.and_name(files[best].0, round == 0);
        round += 1;
    }
    text
}
