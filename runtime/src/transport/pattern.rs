//! Paths with variables: `/socket/:room_id/websocket`.

use percent_encoding::percent_decode_str;

use crate::socket::{Param, Params};

/// A mount's full path, ready to be compared with a request's.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    segments: Vec<Segment>,
    /// The path, where no segment is a variable. Most requests have it as it is written here.
    fixed: Option<Box<str>>,
}

/// A request's path, with its first segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path<'a> {
    text: &'a str,
    first: &'a str,
}

impl<'a> Path<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Path {
            text,
            first: segments(text).next().unwrap_or_default(),
        }
    }

    /// The first segment; empty if there is none.
    pub(crate) fn first(&self) -> &'a str {
        self.first
    }

    /// Whether it is written like a pattern: a slash before each segment, and none elsewhere.
    fn is_plain(&self) -> bool {
        let bytes = self.text.as_bytes();
        let doubled = || bytes.windows(2).any(|pair| pair == b"//");
        bytes.first() == Some(&b'/') && bytes.last() != Some(&b'/') && !doubled()
    }
}

#[derive(Clone, Debug)]
enum Segment {
    Fixed(Box<str>),
    /// `:name`, or `prefix-:name`.
    Variable {
        prefix: Box<str>,
        name: Box<str>,
    },
    /// `*name`: all that is left.
    Rest {
        name: Box<str>,
    },
}

/// A path whose variables are not UTF-8 when decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotUtf8;

impl Pattern {
    /// A mount's path and its transport's, one after the other. Empty segments do not count.
    pub(crate) fn new(mount: &str, transport: &str) -> Self {
        let segments: Vec<_> = segments(mount)
            .chain(segments(transport))
            .map(Segment::new)
            .collect();
        let texts: Option<Vec<&str>> = segments.iter().map(Segment::fixed).collect();
        let fixed = texts.map(|texts| format!("/{}", texts.join("/")).into());
        Pattern { segments, fixed }
    }

    /// The first segment, if it is the same in all paths.
    pub(crate) fn first(&self) -> Option<&str> {
        self.segments.first()?.fixed()
    }

    /// The variables in a path; `None` if the path does not match.
    ///
    /// Fixed segments are compared as they are sent. Variables are decoded once. Variables whose
    /// name begins with `_` match, but are left out.
    pub(crate) fn variables(&self, path: Path<'_>) -> Option<Result<Params, NotUtf8>> {
        if let Some(fixed) = &self.fixed {
            if **fixed == *path.text {
                return Some(Ok(Params::default()));
            }
            if path.is_plain() {
                return None;
            }
        }
        let mut parts = segments(path.text);
        let mut found = Ok(Params::default());
        for segment in &self.segments {
            let (name, param) = match segment {
                Segment::Fixed(text) => {
                    if parts.next()? != &**text {
                        return None;
                    }
                    continue;
                }
                Segment::Variable { prefix, name } => {
                    let value = parts
                        .next()?
                        .strip_prefix(&**prefix)
                        .filter(|value| !value.is_empty())?;
                    (name, decode(value).map(Param::Text))
                }
                Segment::Rest { name } => {
                    // All of them, also behind one that is not UTF-8: what is left over is another
                    // path's.
                    let all: Vec<_> = parts
                        .by_ref()
                        .map(|part| decode(part).map(Param::Text))
                        .collect();
                    (
                        name,
                        all.into_iter().collect::<Result<_, _>>().map(Param::List),
                    )
                }
            };
            if name.starts_with('_') {
                continue;
            }
            match (param, &mut found) {
                (Ok(param), Ok(params)) => params.insert(name.to_string(), param),
                (Err(error), _) => found = Err(error),
                _ => {}
            }
        }
        parts.next().is_none().then_some(found)
    }
}

impl Segment {
    fn new(text: &str) -> Self {
        if let Some(name) = text.strip_prefix('*') {
            return Segment::Rest { name: name.into() };
        }
        match text.split_once(':') {
            Some((prefix, name)) => Segment::Variable {
                prefix: prefix.into(),
                name: name.into(),
            },
            None => Segment::Fixed(text.into()),
        }
    }

    /// The text, if it is the same in all paths.
    fn fixed(&self) -> Option<&str> {
        match self {
            Segment::Fixed(text) => Some(text),
            Segment::Variable { .. } | Segment::Rest { .. } => None,
        }
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = path;
    std::iter::from_fn(move || {
        let start = rest.bytes().position(|byte| byte != b'/')?;
        let text = &rest[start..];
        let end = text
            .bytes()
            .position(|byte| byte == b'/')
            .unwrap_or(text.len());
        let (segment, after) = text.split_at(end);
        rest = after;
        Some(segment)
    })
}

fn decode(text: &str) -> Result<String, NotUtf8> {
    percent_decode_str(text)
        .decode_utf8()
        .map(|text| text.into_owned())
        .map_err(|_| NotUtf8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn variables(mount: &str, transport: &str, path: &str) -> Option<Vec<(String, String)>> {
        let params = Pattern::new(mount, transport)
            .variables(Path::new(path))?
            .expect("UTF-8");
        let text = |param: &Param| match param {
            Param::List(list) => list
                .iter()
                .filter_map(Param::as_str)
                .collect::<Vec<_>>()
                .join("|"),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        Some(
            params
                .iter()
                .map(|(name, param)| (name.to_owned(), text(param)))
                .collect(),
        )
    }

    fn pairs(pairs: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        Some(
            pairs
                .iter()
                .map(|(a, b)| (a.to_string(), b.to_string()))
                .collect(),
        )
    }

    #[test]
    fn whole_segments_match_and_slashes_do_not_count() {
        for path in ["/echo/websocket", "/echo/websocket/", "//echo//websocket"] {
            assert_eq!(variables("/echo", "/websocket", path), pairs(&[]), "{path}");
        }
        for path in [
            "/echo",
            "/echo/websocket/x",
            "/ECHO/websocket",
            "/echo/web%73ocket",
            "/echowebsocket",
        ] {
            assert_eq!(variables("/echo", "/websocket", path), None, "{path}");
        }
        assert_eq!(variables("/root", "/", "/root/"), pairs(&[]));
    }

    #[test]
    fn variables_are_taken_and_decoded_once() {
        let found = variables(
            "/ws/:user_id",
            "/project/:project_id",
            "/ws/a%20b/project/%2520+",
        );
        assert_eq!(found, pairs(&[("project_id", "%20+"), ("user_id", "a b")]));
        assert_eq!(
            variables("/p-:rest", "/websocket", "/p-x/websocket"),
            pairs(&[("rest", "x")])
        );
        assert_eq!(variables("/p-:rest", "/websocket", "/p-/websocket"), None);
        assert_eq!(
            variables("/:_hidden/:shown", "/ws", "/a/b/ws"),
            pairs(&[("shown", "b")])
        );
        assert_eq!(
            variables("/glob", "/*rest", "/glob/a/b"),
            pairs(&[("rest", "a|b")])
        );
        assert_eq!(
            variables("/glob", "/*rest", "/glob"),
            pairs(&[("rest", "")])
        );
    }

    #[test]
    fn what_is_not_utf8_is_an_error_and_not_a_mismatch() {
        let pattern = Pattern::new("/ws/:id", "/websocket");
        assert_eq!(
            pattern
                .variables(Path::new("/ws/%ff/websocket"))
                .map(|found| found.is_err()),
            Some(true)
        );
        assert!(pattern.variables(Path::new("/ws/%ff/other")).is_none());
        let rest = Pattern::new("/glob", "/*rest");
        for path in ["/glob/%ff", "/glob/a/%ff", "/glob/%ff/b"] {
            assert_eq!(
                rest.variables(Path::new(path)).map(|found| found.is_err()),
                Some(true),
                "{path}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_path_panics(mount in "[/a-z:*%]{0,20}", transport in "[/a-z:*]{0,10}", path in "\\PC{0,60}") {
            let _ = Pattern::new(&mount, &transport).variables(Path::new(&path));
        }
    }
}
