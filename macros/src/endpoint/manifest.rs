//! The names and hashes of files in the cache manifest. It is JSON, of which this reads only what
//! it needs.

use std::collections::BTreeMap;

/// Files by their logical paths.
pub(crate) type Manifest = BTreeMap<String, File>;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) digested: String,
    pub(crate) sha512: Option<String>,
}

/// A JSON value. Numbers and words are one kind.
#[derive(Debug)]
enum Json {
    Text(String),
    Object(Vec<(String, Json)>),
    Other,
}

/// A manifest has no deeper values.
const DEEPEST: usize = 8;

/// Reads a manifest; an error says what is wrong.
pub(crate) fn read(text: &str) -> Result<Manifest, String> {
    let mut reader = Reader { rest: text };
    let json = reader.value(0).ok_or_else(|| {
        let line = text
            .len()
            .checked_sub(reader.rest.len())
            .and_then(|at| text.get(..at))
            .unwrap_or(text);
        format!("line {} is not JSON", line.lines().count().max(1))
    })?;
    let (Some(Json::Object(latest)), Some(Json::Object(digests))) =
        (json.get("latest"), json.get("digests"))
    else {
        return Err("expected cache manifest to include 'latest' and 'digests' keys".to_owned());
    };
    let files = latest.iter().map(|(logical, digested)| match digested {
        Json::Text(digested) => {
            let entry = digests.iter().find(|(path, _)| path == digested);
            let sha512 = match entry.and_then(|(_, entry)| entry.get("sha512")) {
                Some(Json::Text(sha512)) => Some(sha512.clone()),
                _ => None,
            };
            Ok((
                logical.clone(),
                File {
                    digested: digested.clone(),
                    sha512,
                },
            ))
        }
        _ => Err(format!(
            "`{logical}` in `latest` of the cache manifest is not as expected"
        )),
    });
    files.collect()
}

impl Json {
    fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(fields) => fields
                .iter()
                .find(|(field, _)| field == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Json> {
        self.blank();
        let value = match self.rest.chars().next()? {
            '"' => Json::Text(self.string()?),
            '{' if depth < DEEPEST => {
                let mut fields = Vec::new();
                self.items('}', |reader| {
                    let name = reader.string()?;
                    reader.blank();
                    reader.skip(':')?;
                    fields.push((name, reader.value(depth + 1)?));
                    Some(())
                })?;
                Json::Object(fields)
            }
            '[' if depth < DEEPEST => {
                self.items(']', |reader| reader.value(depth + 1).map(|_| ()))?;
                Json::Other
            }
            '-' | '0'..='9' | 't' | 'f' | 'n' => {
                self.rest = self
                    .rest
                    .trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "+-.".contains(c));
                Json::Other
            }
            _ => return None,
        };
        self.blank();
        Some(value)
    }

    /// Reads items between commas, up to the closing character.
    fn items(&mut self, end: char, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        let mut chars = self.rest.chars();
        chars.next();
        self.rest = chars.as_str();
        self.blank();
        if self.skip(end).is_some() {
            return Some(());
        }
        loop {
            self.blank();
            item(self)?;
            self.blank();
            if self.skip(end).is_some() {
                return Some(());
            }
            self.skip(',')?;
        }
    }

    fn string(&mut self) -> Option<String> {
        self.skip('"')?;
        let mut text = String::new();
        loop {
            let plain = self.rest.find(['"', '\\'])?;
            let (before, rest) = self.rest.split_at_checked(plain)?;
            text.push_str(before);
            self.rest = rest;
            if self.skip('"').is_some() {
                return Some(text);
            }
            self.skip('\\')?;
            text.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let escaped = chars.next()?;
        self.rest = chars.as_str();
        Some(match escaped {
            '"' | '\\' | '/' => escaped,
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let high = self.unit()?;
                match high {
                    0xd800..=0xdbff => {
                        self.skip('\\')?;
                        self.skip('u')?;
                        let low = self
                            .unit()?
                            .checked_sub(0xdc00)
                            .filter(|low| *low < 0x400)?;
                        char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)?
                    }
                    _ => char::from_u32(high)?,
                }
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        u32::from_str_radix(digits, 16).ok()
    }

    fn skip(&mut self, expected: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(expected)?;
        Some(())
    }

    fn blank(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_hashes_are_read() {
        let text = r#" {"!comment!": "x", "version": 1, "more": [1, -2.5e3, true, null, {"a": []}],
            "latest": {"a \u00e4\ud83d\ude00\"\n.js": "a-1.js", "b.css": "b-2.css"},
            "digests": {"a-1.js": {"digest": "1", "mtime": 63888888888, "sha512": "AA=="}, "b-2.css": {}}} "#;
        let manifest = read(text).unwrap();
        let file = |digested: &str, sha512: Option<&str>| File {
            digested: digested.to_owned(),
            sha512: sha512.map(str::to_owned),
        };
        let expected = [
            (
                "a \u{e4}\u{1f600}\"\n.js".to_owned(),
                file("a-1.js", Some("AA==")),
            ),
            ("b.css".to_owned(), file("b-2.css", None)),
        ];
        assert_eq!(manifest, expected.into());
        assert_eq!(read(r#"{"latest":{},"digests":{}}"#), Ok(Manifest::new()));
    }

    #[test]
    fn what_is_no_manifest_is_told() {
        for text in [
            "",
            "{",
            "{\"a\" 1}",
            "{\"latest\":{\"a\":\"\\ud800\"}}",
            "[1,]",
            "\"\\",
            "\"\\u00",
            "{\"a\":&}",
        ] {
            assert!(
                read(text).is_err_and(|why| why == "line 1 is not JSON"),
                "{text}"
            );
        }
        assert_eq!(
            read("{\n\"a\":\n  ?}"),
            Err("line 3 is not JSON".to_owned())
        );
        assert!(read(&"[".repeat(100_000)).is_err());
        for text in ["{}", "1", "[]", r#"{"latest":{},"digests":1}"#] {
            assert!(
                read(text).is_err_and(|why| why.contains("'latest' and 'digests'")),
                "{text}"
            );
        }
        assert!(
            read(r#"{"latest":{"a":1},"digests":{}}"#)
                .is_err_and(|why| why.contains("`a` in `latest`"))
        );
    }
}
