//! Content types.

/// Types for which Phoenix's table differs from `mime_guess`, or of which browsers accept only one.
const OURS: [(&str, &str); 3] = [
    ("ico", "image/vnd.microsoft.icon"),
    ("map", "application/octet-stream"),
    ("mjs", "text/javascript"),
];

/// The content type of a file by its extension.
pub(super) fn of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let ours = OURS
        .iter()
        .find(|(known, _)| extension.eq_ignore_ascii_case(known));
    match ours {
        Some((_, kind)) => kind,
        None => mime_guess::from_ext(extension)
            .first_raw()
            .unwrap_or("application/octet-stream"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_tell_content_types() {
        for (name, kind) in [
            ("app.js", "text/javascript"),
            ("app.MJS", "text/javascript"),
            ("app.css", "text/css"),
            ("a.html", "text/html"),
            ("a.json", "application/json"),
            ("a.svg", "image/svg+xml"),
            ("a.wasm", "application/wasm"),
            ("a.woff2", "font/woff2"),
            ("a.webp", "image/webp"),
            ("a.avif", "image/avif"),
            ("a.txt", "text/plain"),
            ("a.xml", "text/xml"),
            ("a.mp4", "video/mp4"),
            ("favicon.ico", "image/vnd.microsoft.icon"),
            ("app.css.gz", "application/gzip"),
            ("app.js.map", "application/octet-stream"),
            ("none", "application/octet-stream"),
            (".hidden", "application/octet-stream"),
            ("a.", "application/octet-stream"),
        ] {
            assert_eq!(of(name), kind, "{name}");
        }
    }
}
