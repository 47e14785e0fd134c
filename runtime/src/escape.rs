//! Text from clients in log lines: it cannot forge a line, and its length is limited.

use std::{
    error::Error,
    fmt::{self, Write},
};

use crate::causes;

/// The maximum number of bytes of a client's text in a log line, escapes included.
const SHOWN: usize = 256;
/// The maximum number of an error's causes in a log line.
const CAUSES: usize = 7;

/// What is shown in place of a secret.
pub(crate) const FILTERED: &str = "[FILTERED]";

/// Text from a client. A word is shown as it is. Anything else is quoted, and invisible characters
/// are escaped. Text longer than 256 bytes is cut, and ends in `…`.
pub(crate) fn shown(text: &str) -> impl fmt::Display + fmt::Debug + '_ {
    Shown(text.as_bytes())
}

/// Like [`shown`], for bytes that may not be UTF-8.
pub(crate) fn shown_bytes(bytes: &[u8]) -> impl fmt::Display + fmt::Debug + '_ {
    Shown(bytes)
}

/// A sentence that may quote a client, such as an error's message. It is not quoted again.
pub(crate) fn told(sentence: &impl fmt::Display) -> impl fmt::Display + fmt::Debug + '_ {
    Told(sentence)
}

/// An error and at most eight of its causes, each as a sentence: `cannot load the user: connection
/// refused`.
pub(crate) fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl fmt::Display + fmt::Debug + 'a {
    Chain(error)
}

struct Chain<'a>(&'a (dyn Error + 'static));

struct Shown<'a>(&'a [u8]);

struct Told<'a, T>(&'a T);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shown(bytes) = *self;
        if let Some(word) = word(bytes) {
            return f.write_str(word);
        }
        f.write_char('"')?;
        let mut bounded = Bounded {
            to: f,
            left: SHOWN,
            cut: false,
        };
        // `bounded` returns an error when it is full. What fits has been written by then.
        let _ = quote(bytes, &mut bounded);
        let cut = bounded.cut;
        f.write_str(if cut { "\"…" } else { "\"" })
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<T: fmt::Display> fmt::Display for Told<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bounded = Bounded {
            to: f,
            left: SHOWN,
            cut: false,
        };
        let _ = write!(Escaping(&mut bounded), "{}", self.0);
        if bounded.cut {
            f.write_char('…')
        } else {
            Ok(())
        }
    }
}

impl<T: fmt::Display> fmt::Debug for Told<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        cause(self.0, f)?;
        let mut causes = causes::chain(self.0).skip(1);
        for error in causes.by_ref().take(CAUSES) {
            f.write_str(": ")?;
            cause(error, f)?;
        }
        if causes.next().is_some() {
            f.write_str(": …")
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One error of a chain. That of JSON quotes the value that does not fit, which may be a secret.
fn cause(error: &(dyn Error + 'static), f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match error.downcast_ref::<serde_json::Error>() {
        Some(json) => write!(f, "{}", told(&without_value(&json.to_string()))),
        None => write!(f, "{}", told(&error)),
    }
}

/// What is wrong with a value of JSON, without the value: `invalid type: string, expected u32`.
fn without_value(text: &str) -> String {
    const KINDS: [&str; 4] = [
        "invalid type: ",
        "invalid value: ",
        "unknown variant ",
        "unknown field ",
    ];
    let (before, expected) = match text.rsplit_once(", expected ") {
        Some((before, expected)) => (before, Some(expected)),
        None => (text, None),
    };
    match (before.find(['"', '`']), expected) {
        (Some(value), Some(expected)) if KINDS.iter().any(|kind| before.starts_with(kind)) => {
            format!("{}, expected {expected}", before[..value].trim_end())
        }
        _ => text.to_owned(),
    }
}

/// The text, if no part of it can be mistaken for another part of the line.
fn word(bytes: &[u8]) -> Option<&str> {
    let short = (1..=SHOWN).contains(&bytes.len());
    let text = short.then(|| str::from_utf8(bytes).ok()).flatten()?;
    let unclear =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\\' | '=' | ',' | '`') || is_invisible(c);
    (!text.contains(unclear)).then_some(text)
}

fn quote(bytes: &[u8], to: &mut impl Write) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => to.write_str("\\\"")?,
                '\\' => to.write_str("\\\\")?,
                c => escape(c, to)?,
            }
        }
        for byte in chunk.invalid() {
            write_whole(to, format_args!("\\x{byte:02x}"))?;
        }
    }
    Ok(())
}

fn escape(c: char, to: &mut impl Write) -> fmt::Result {
    match c {
        '\n' => to.write_str("\\n"),
        '\r' => to.write_str("\\r"),
        '\t' => to.write_str("\\t"),
        c if is_invisible(c) => write_whole(to, format_args!("{}", c.escape_unicode())),
        c => to.write_char(c),
    }
}

/// Writes an escape in one piece, so that it is not cut in two.
fn write_whole(to: &mut impl Write, text: fmt::Arguments<'_>) -> fmt::Result {
    let mut whole = [0; 16];
    let mut rest = &mut whole[..];
    let _ = std::io::Write::write_fmt(&mut rest, text);
    let left = rest.len();
    let length = whole.len() - left;
    to.write_str(str::from_utf8(&whole[..length]).unwrap_or_default())
}

/// Whether this is a control character, ends a line, changes the direction of text, or is
/// invisible.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Writes pieces until one does not fit, and nothing after that.
struct Bounded<'a, 'b> {
    to: &'a mut fmt::Formatter<'b>,
    left: usize,
    cut: bool,
}

impl Write for Bounded<'_, '_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        if self.cut || piece.len() > self.left {
            self.cut = true;
            return Err(fmt::Error);
        }
        self.left -= piece.len();
        self.to.write_str(piece)
    }
}

/// A writer that escapes.
struct Escaping<'a, W>(&'a mut W);

impl<W: Write> Write for Escaping<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| escape(c, self.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_word_is_shown_as_it_is() {
        for word in [
            "room:lobby",
            "/ws/7?vsn",
            "Größe",
            "部屋",
            "https://example.com:444",
        ] {
            assert_eq!(shown(word).to_string(), word);
        }
    }

    #[test]
    fn what_could_be_taken_for_more_of_the_line_is_quoted() {
        assert_eq!(shown("a b").to_string(), r#""a b""#);
        assert_eq!(shown("x=1").to_string(), r#""x=1""#);
        assert_eq!(shown(r#"a" b"#).to_string(), r#""a\" b""#);
        assert_eq!(shown(r"a\n").to_string(), r#""a\\n""#);
        assert_eq!(shown("").to_string(), r#""""#);
    }

    #[test]
    fn what_is_invisible_is_escaped() {
        assert_eq!(shown("a\r\n\tb").to_string(), r#""a\r\n\tb""#);
        assert_eq!(
            shown("\0\x1b[2J\x7f").to_string(),
            r#""\u{0}\u{1b}[2J\u{7f}""#
        );
        assert_eq!(shown("\u{9b}1m").to_string(), r#""\u{9b}1m""#);
        assert_eq!(
            shown("\u{2028}\u{2029}\u{202e}\u{2066}").to_string(),
            r#""\u{2028}\u{2029}\u{202e}\u{2066}""#
        );
        assert_eq!(shown_bytes(b"a\xff\xc3(").to_string(), r#""a\xff\xc3(""#);
    }

    #[test]
    fn what_is_long_is_cut_between_characters_and_escapes() {
        assert_eq!(shown(&"a".repeat(256)).to_string(), "a".repeat(256));
        assert_eq!(
            shown(&"a".repeat(257)).to_string(),
            format!("\"{}\"…", "a".repeat(256))
        );
        assert_eq!(
            shown(&"ä".repeat(200)).to_string(),
            format!("\"{}\"…", "ä".repeat(128))
        );
        assert_eq!(
            shown(&"\0".repeat(9999)).to_string(),
            format!("\"{}\"…", r"\u{0}".repeat(51))
        );
    }

    #[test]
    fn a_sentence_is_escaped_and_cut_and_not_quoted() {
        assert_eq!(
            told(&"no \"a\\n\" and no \n").to_string(),
            "no \"a\\n\" and no \\n"
        );
        assert_eq!(
            told(&"a ".repeat(999)).to_string(),
            format!("{}…", "a ".repeat(128))
        );
    }

    #[derive(Debug)]
    struct Deep(usize);

    impl fmt::Display for Deep {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "level\n{}", self.0)
        }
    }

    impl Error for Deep {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            const LEVELS: [Deep; 12] = [
                Deep(1),
                Deep(2),
                Deep(3),
                Deep(4),
                Deep(5),
                Deep(6),
                Deep(7),
                Deep(8),
                Deep(9),
                Deep(10),
                Deep(11),
                Deep(12),
            ];
            const { &LEVELS }.get(self.0).map(|cause| cause as _)
        }
    }

    #[test]
    fn an_error_is_shown_with_its_causes() {
        assert_eq!(chain(&Deep(12)).to_string(), r"level\n12");
        assert_eq!(
            chain(&Deep(10)).to_string(),
            r"level\n10: level\n11: level\n12"
        );
        let all = chain(&Deep(0)).to_string();
        assert!(all.ends_with(r": level\n7: …"), "{all}");
        assert!(chain(&Deep(5)).to_string().ends_with(r": level\n12"));
    }

    #[test]
    fn an_error_of_json_does_not_quote_the_value() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Size {
            Small,
            Large,
        }

        fn shown<T: serde::de::DeserializeOwned + fmt::Debug>(json: &str) -> String {
            chain(&serde_json::from_str::<T>(json).expect_err("it does not fit")).to_string()
        }
        for secret in ["hunter2", "`, expected \\\"x", "a\\nb"] {
            let text = shown::<u32>(&format!("\"{secret}\""));
            assert_eq!(
                text.split(" at line").next(),
                Some("invalid type: string, expected u32")
            );
        }
        assert!(shown::<String>("4711").starts_with("invalid type: integer, expected a string"));
        assert!(shown::<u8>("4711").starts_with("invalid value: integer, expected u8"));
        let variant = shown::<Size>("\"hunter2\"");
        assert!(
            variant.starts_with("unknown variant, expected `small` or `large`"),
            "{variant}"
        );
        assert!(shown::<u8>("[]").starts_with("invalid type: sequence, expected u8"));
        assert!(shown::<u8>("").starts_with("EOF while parsing"));
    }

    proptest! {
        #[test]
        fn nothing_forges_a_line(bytes: Vec<u8>, text: String) {
            for line in [shown_bytes(&bytes).to_string(), shown(&text).to_string(), told(&text).to_string()] {
                prop_assert!(!line.contains(is_invisible), "{line:?}");
                prop_assert!(line.len() <= SHOWN + "\"\"…".len());
            }
        }
    }
}
