//! Paths: the segments that a mount names, each decoded once.

use landfall::{fuzzing, socket::Param};

use crate::input::Input;

const MOUNTS: [(&str, &str); 6] = [
    ("/socket", "/websocket"),
    ("/socket/:room", "/websocket"),
    ("/a/:one/b/:two", "/longpoll"),
    ("/p-:rest", "/"),
    ("/glob", "/*rest"),
    ("/:_hidden/:shown", "/ws"),
];

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let (mount, transport) = MOUNTS[usize::from(input.byte()) % MOUNTS.len()];
    let Ok(path) = str::from_utf8(input.0) else {
        return;
    };
    assert_eq!(
        fuzzing::path(mount, transport, path),
        plain(mount, transport, path),
        "{path}"
    );
    // Any pattern with any path.
    let (pattern, path) = path.split_at(path.find('?').unwrap_or(path.len()));
    let _ = fuzzing::path(pattern, transport, path);
}

type Found = Option<Option<Vec<(String, Param)>>>;

/// The plainest reading.
fn plain(mount: &str, transport: &str, path: &str) -> Found {
    let split = |text: &str| -> Vec<String> {
        text.split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let pattern = split(&format!("{mount}/{transport}"));
    let segments = split(path);
    let mut found = Some(Vec::new());
    for (index, part) in pattern.iter().enumerate() {
        if let Some(name) = part.strip_prefix('*') {
            let rest = segments
                .get(index..)?
                .iter()
                .map(|segment| text(segment).map(Param::Text));
            match (rest.collect::<Option<Vec<_>>>(), &mut found) {
                (Some(list), Some(found)) => found.push((name.to_owned(), Param::List(list))),
                _ => found = None,
            }
            found = sorted(found);
            return Some(found);
        }
        let segment = segments.get(index)?;
        match part.split_once(':') {
            None if part == segment => {}
            None => return None,
            Some((prefix, name)) => {
                let value = segment
                    .strip_prefix(prefix)
                    .filter(|value| !value.is_empty())?;
                if name.starts_with('_') {
                    continue;
                }
                match (text(value), &mut found) {
                    (Some(value), Some(found)) => found.push((name.to_owned(), Param::Text(value))),
                    _ => found = None,
                }
            }
        }
    }
    (segments.len() == pattern.len()).then(|| sorted(found))
}

fn sorted(found: Option<Vec<(String, Param)>>) -> Option<Vec<(String, Param)>> {
    found.map(|mut found| {
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        found
    })
}

fn text(segment: &str) -> Option<String> {
    String::from_utf8(unescape(segment.as_bytes())).ok()
}

/// Decodes `%41` to `A`, once. What is not an escape stays as it is.
pub(super) fn unescape(text: &[u8]) -> Vec<u8> {
    let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let (mut out, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(byte) = text.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high << 4 | low) as u8);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}
