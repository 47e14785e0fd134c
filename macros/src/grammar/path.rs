//! Paths: what URLs begin with, and where transports are served; and names of static files.

use super::Mistake;

/// Checks `path`, or another key that is a path: `url(path = "/app")`.
pub(crate) fn check(key: &str, path: &str) -> Result<(), Mistake> {
    if path == "/" {
        return Ok(());
    }
    if !path.starts_with('/') {
        let absolute = format!("/{path}");
        return Err(Mistake::new(format!("`{key}` must start with `/`"))
            .help(format!("write `{key} = {absolute:?}`")));
    }
    if path.contains("//") || !path.split('/').all(is_plain_segment) {
        let mut segments = path.split('/');
        let wrong = match path.contains("//") {
            true => empty_segment(path),
            false => segments.find(|segment| !is_plain_segment(segment)),
        };
        return Err(
            Mistake::new(format!("`{key}` is not a plain absolute path"))
                .at(path, wrong.unwrap_or(path))
                .help(format!(
                    "such as `{key} = \"/app\"`: no empty or dotted segment, no `?`, `#` or space"
                )),
        );
    }
    match path.strip_suffix('/') {
        Some(plain) => Err(Mistake::new(format!(
            "`{key}` must not end with `/`: what follows it begins with one"
        ))
        .at(path, path.strip_prefix(plain).unwrap_or_default())
        .help(format!("write `{key} = {plain:?}`"))),
        None => Ok(()),
    }
}

/// Checks a name in `cache_static_manifest_latest`.
pub(crate) fn check_name(name: &str) -> Result<(), Mistake> {
    match name.trim_start_matches('/') {
        plain if plain == name => Ok(()),
        plain => Err(Mistake::new("names of static files have no `/` in front")
            .at(name, name.strip_suffix(plain).unwrap_or_default())
            .help(format!("write `{plain:?}`"))),
    }
}

/// The `/` that ends an empty segment, or that stands at the end.
pub(crate) fn empty_segment(path: &str) -> Option<&str> {
    let end = match path.find("//") {
        Some(first) => first + 2,
        None => path.len(),
    };
    path.get(..end)?.rmatches('/').next()
}

fn is_plain_segment(segment: &str) -> bool {
    segment != "."
        && segment != ".."
        && segment
            .bytes()
            .all(|byte| is_plain(byte) || matches!(byte, b':' | b'*'))
}

/// Characters of RFC 3986 that stand for themselves in a segment, without those that patterns use.
pub(crate) fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()+,;=@".contains(&byte)
}

/// Whether one request path could match two transports, each given by its mount's path and its own.
/// All segments have to be the same, whatever the names of variables. Empty segments do not count.
pub(crate) const fn is_same(a: (&str, &str), b: (&str, &str)) -> bool {
    let (mut a, mut b) = (Shape::new(a), Shape::new(b));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(x), Some(y)) if x == y => {}
            _ => return false,
        }
    }
}

/// The bytes of a transport's full path. Several `/` count as one, and the names of variables are
/// left out.
struct Shape<'a> {
    now: &'a [u8],
    then: Option<&'a [u8]>,
    starts_segment: bool,
}

impl<'a> Shape<'a> {
    const fn new((mount, transport): (&'a str, &'a str)) -> Self {
        let mut shape = Shape {
            now: mount.as_bytes(),
            then: Some(transport.as_bytes()),
            starts_segment: true,
        };
        while let Some(b'/') = shape.peek() {
            shape.take();
        }
        shape
    }

    const fn peek(&self) -> Option<u8> {
        match (self.now, self.then) {
            ([byte, ..], _) => Some(*byte),
            ([], Some(_)) => Some(b'/'),
            ([], None) => None,
        }
    }

    const fn take(&mut self) -> Option<u8> {
        let byte = self.peek();
        match (self.now, self.then.take()) {
            ([_, rest @ ..], then) => (self.now, self.then) = (rest, then),
            ([], Some(then)) => self.now = then,
            ([], None) => {}
        }
        byte
    }

    const fn next(&mut self) -> Option<u8> {
        let byte = self.take();
        let is_variable = match byte {
            Some(b':') => true,
            Some(b'*') => self.starts_segment,
            _ => false,
        };
        while let Some(next) = self.peek()
            && (is_variable && next != b'/' || matches!(byte, Some(b'/')) && next == b'/')
        {
            self.take();
        }
        self.starts_segment = matches!(byte, Some(b'/'));
        match (byte, self.peek()) {
            (Some(b'/'), None) => None,
            _ => byte,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_the_same_whatever_their_variables_are_called() {
        for (a, b) in [
            (("/echo", "/websocket"), ("/echo/websocket", "")),
            (("/", "/ws"), ("/ws", "/")),
            (("/room/:id", "/ws"), ("//room/:name/", "/ws/")),
            (("/p-:id", "/ws"), ("/p-:name", "/ws")),
            (("/glob", "/*rest"), ("/glob/*all", "")),
            (("/:a", "/:b"), ("/:c/:d", "")),
            (("", ""), ("/", "/")),
        ] {
            assert!(is_same(a, b) && is_same(b, a), "{a:?} {b:?}");
        }
        for (a, b) in [
            (("/echo", "/websocket"), ("/echo", "/longpoll")),
            (("/echo", ""), ("/echo", "/websocket")),
            (("/room/:id", "/ws"), ("/room/id", "/ws")),
            (("/p-:id", "/ws"), ("/q-:id", "/ws")),
            (("/glob", "/*rest"), ("/glob", "/:rest")),
            (("/glob", "/*rest"), ("/glob", "")),
            (("/ab", "/c"), ("/a", "/bc")),
        ] {
            assert!(!is_same(a, b) && !is_same(b, a), "{a:?} {b:?}");
        }
    }

    #[test]
    fn the_part_that_is_wrong_is_shown() {
        for (path, part) in [
            ("/a//b", "    /a//b\n       ^"),
            ("/a/", "    /a/\n      ^"),
            ("/a/../b", "    /a/../b\n       ^^"),
            ("/a/b?c", "    /a/b?c\n       ^^^"),
        ] {
            let excerpt = check("path", path).err().and_then(|found| found.excerpt);
            assert_eq!(
                excerpt.map(|it| it.to_string()).as_deref(),
                Some(part),
                "{path}"
            );
        }
    }

    #[test]
    fn names_are_relative() {
        assert_eq!(check_name("css/app.css"), Ok(()));
        assert_eq!(
            check_name("/css/app.css").map_err(|mistake| mistake.help.concat()),
            Err("write `\"css/app.css\"`".to_owned())
        );
    }

    #[test]
    fn takes_plain_absolute_paths() {
        for path in ["/", "/app", "/a/b.c:d"] {
            assert_eq!(check("path", path), Ok(()), "{path}");
        }
        let help = |path| check("path", path).map_err(|mistake| mistake.help.concat());
        assert_eq!(help("app"), Err("write `path = \"/app\"`".to_owned()));
        assert_eq!(help("/app/"), Err("write `path = \"/app\"`".to_owned()));
        for path in ["/a//b", "/a?b", "/a/../b", "/a b", "/ü"] {
            assert!(
                help(path).is_err_and(|help| help.starts_with("such as")),
                "{path}"
            );
        }
    }
}
