//! What the paths of URLs begin with.

use super::Mistake;

/// Checks `url(path = "/app")`.
pub(crate) fn check(path: &str) -> Result<(), Mistake> {
    if path == "/" {
        return Ok(());
    }
    if !path.starts_with('/') {
        let absolute = format!("/{path}");
        return Err(
            Mistake::new("`path` must start with `/`").help(format!("write `path = {absolute:?}`"))
        );
    }
    if path.contains("//") || !path.split('/').all(is_plain_segment) {
        return Err(Mistake::new("`path` is not a plain absolute path")
            .help("such as `path = \"/app\"`: no empty or dotted segment, no `?`, `#` or space"));
    }
    match path.strip_suffix('/') {
        Some(plain) => Err(Mistake::new(format!(
            "`path` must not end with `/`: `path(\"/x\")` would give `{path}/x`"
        ))
        .help(format!("write `path = {plain:?}`"))),
        None => Ok(()),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_plain_absolute_paths() {
        for path in ["/", "/app", "/a/b.c:d"] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
        let help = |path| check(path).map_err(|mistake| mistake.help.concat());
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
