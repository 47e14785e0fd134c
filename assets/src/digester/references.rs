//! References from files to other files.

use std::collections::BTreeMap;

/// Maps logical paths to digested paths.
pub(super) type Latest = BTreeMap<String, String>;

/// The content of a file, with references replaced by those to digested files; `None` if there are
/// no references.
pub(super) fn rewritten(path: &str, content: &[u8], latest: &Latest, vsn: bool) -> Option<Vec<u8>> {
    let (find, query): (Find, _) = match extension(path) {
        ".css" => (url_in_css, if vsn { "?vsn=d" } else { "" }),
        ".js" => (source_map_in_js, ""),
        ".map" => (file_in_map, ""),
        _ => return None,
    };
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let mut written = Vec::new();
    let (mut copied, mut at) = (0, 0);
    while let Some((start, end)) = find(content, at) {
        at = end;
        let Some(url) = std::str::from_utf8(&content[start..end]).ok() else {
            continue;
        };
        if let Some(digested) = digested(url, directory, latest) {
            written.extend_from_slice(&content[copied..start]);
            written.extend_from_slice(digested.as_bytes());
            written.extend_from_slice(query.as_bytes());
            copied = end;
        }
    }
    if copied == 0 {
        return None;
    }
    written.extend_from_slice(&content[copied..]);
    Some(written)
}

/// The extension with its dot; empty without one.
pub(super) fn extension(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    path[name..]
        .rfind('.')
        .map_or("", |dot| &path[name + dot..])
}

/// The replacement of a URL that names a digested file.
fn digested(url: &str, directory: &str, latest: &Latest) -> Option<String> {
    if let Some(path) = url.strip_prefix('/') {
        return latest.get(path).map(|digested| format!("/{digested}"));
    }
    let digested = latest.get(&resolved(directory, url)?)?;
    let name = digested.rsplit('/').next().unwrap_or(digested);
    let beside = url.rsplit_once('/').map_or(".", |(beside, _)| beside);
    Some(format!("{beside}/{name}"))
}

/// Resolves a relative path from a directory; `None` if it leads out of the tree.
fn resolved(directory: &str, relative: &str) -> Option<String> {
    let mut segments: Vec<&str> = directory
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    for segment in relative.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}

/// The range of the first URL after a position.
type Find = fn(&[u8], usize) -> Option<(usize, usize)>;

/// The URL in `url(a.png)` or `url( "a.png" )`, without its quotes.
fn url_in_css(css: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        at = after(css, at, b"url(")?;
        let start = skip(css, at, is_space);
        let end = skip(css, start, |byte| !is_space(byte) && byte != b')');
        if end > start && css.get(skip(css, end, is_space)) == Some(&b')') {
            let quoted =
                end - start > 2 && css[start] == css[end - 1] && matches!(css[start], b'"' | b'\'');
            return Some(if quoted {
                (start + 1, end - 1)
            } else {
                (start, end)
            });
        }
    }
}

/// `//# sourceMappingURL=app.js.map`
fn source_map_in_js(js: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        at = after(js, at, b"//#")?;
        let name = skip(js, at, is_space);
        if js[name..].starts_with(b"sourceMappingURL=") {
            let start = skip(js, name + b"sourceMappingURL=".len(), is_space);
            let end = skip(js, start, |byte| !is_space(byte));
            if end > start {
                return Some((start, end));
            }
        }
    }
}

/// `"file":"app.js"`
fn file_in_map(map: &[u8], from: usize) -> Option<(usize, usize)> {
    let is_quote = |place: usize| matches!(map.get(place), Some(b'"' | b'\''));
    let mut at = from;
    loop {
        let name = after(map, at, b"file")?;
        at = name;
        let opens = name >= 5 && is_quote(name - 5) && is_quote(name);
        if opens && map.get(name + 1) == Some(&b':') && is_quote(name + 2) {
            let start = name + 3;
            let end = skip(map, start, |byte| !matches!(byte, b',' | b'"' | b'\''));
            if end > start && is_quote(end) {
                return Some((start, end));
            }
        }
    }
}

/// The position after the next `needle`.
fn after(text: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    let found = text
        .get(from..)?
        .windows(needle.len())
        .position(|window| window == needle)?;
    Some(from + found + needle.len())
}

fn skip(text: &[u8], from: usize, while_: impl Fn(u8) -> bool) -> usize {
    text[from..]
        .iter()
        .position(|byte| !while_(*byte))
        .map_or(text.len(), |more| from + more)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latest() -> Latest {
        let pair = |(path, digested): (&str, &str)| (path.to_owned(), digested.to_owned());
        [
            ("a.png", "a-1.png"),
            ("img/p.png", "img/p-2.png"),
            ("js/app.js.map", "js/app-3.js.map"),
            ("js/app.js", "js/app-3.js"),
        ]
        .map(pair)
        .into()
    }

    fn of(path: &str, content: &str) -> String {
        let written = rewritten(path, content.as_bytes(), &latest(), true);
        written.map_or(content.to_owned(), |bytes| {
            String::from_utf8(bytes).expect("still UTF-8")
        })
    }

    #[test]
    fn urls_of_stylesheets_are_found() {
        for (css, wanted) in [
            ("url(/a.png)", "url(/a-1.png?vsn=d)"),
            ("url( '../a.png' )", "url( '../a-1.png?vsn=d' )"),
            (
                "url(\"/img/p.png\") url(/img/p.png)",
                "url(\"/img/p-2.png?vsn=d\") url(/img/p-2.png?vsn=d)",
            ),
            (
                "url(../img/../img/p.png)",
                "url(../img/../img/p-2.png?vsn=d)",
            ),
            ("url(.././img//p.png)", "url(.././img//p-2.png?vsn=d)"),
        ] {
            assert_eq!(of("css/app.css", css), wanted);
        }
        for same in [
            "url(a.png)",
            "url(../../a.png)",
            "url(/a.png?v=1)",
            "url(a b.png)",
            "url()",
            "url(",
            "url( ",
            "url(/a.png",
            "url('')",
            "url('/a.png\")",
            "URL(/a.png)",
            "url(http:/a.png)",
            "url(//a.png)",
            "url(\u{e4}.png)",
            "url(#a)",
        ] {
            assert_eq!(of("css/app.css", same), same);
        }
    }

    #[test]
    fn source_maps_and_their_files_are_found() {
        let js = "x();//#\tsourceMappingURL= app.js.map\n//# sourceMappingURL=";
        assert_eq!(
            of("js/app.js", js),
            "x();//#\tsourceMappingURL= ./app-3.js.map\n//# sourceMappingURL="
        );
        assert_eq!(
            of("js/app.js", "//# sourceMappingURL=/a.png"),
            "//# sourceMappingURL=/a-1.png"
        );
        assert_eq!(
            of("js/app.js.map", "{'file':'app.js','file':'x'}"),
            "{'file':'./app-3.js','file':'x'}"
        );
        for same in [
            "file",
            "\"file\":",
            "\"file\":\"",
            "\"file\":\"\"",
            "\"file\": \"app.js\"",
            "\"files\":\"app.js\"",
        ] {
            assert_eq!(of("js/app.js.map", same), same);
        }
        assert_eq!(of("js/app.txt", js), js);
    }

    #[test]
    fn extensions_begin_at_the_last_dot_of_the_name() {
        for (path, wanted) in [
            ("a.b.c", ".c"),
            ("a", ""),
            ("d.e/a", ""),
            ("d/a.", "."),
            ("d/a.js.map", ".map"),
        ] {
            assert_eq!(extension(path), wanted);
        }
    }
}
