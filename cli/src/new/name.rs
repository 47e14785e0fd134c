//! Names that a project may have.

use crate::keywords::KEYWORDS;

/// The longest name that registries take.
const LONGEST: usize = 64;

/// What the project, its program or its library would be confused with.
const TAKEN: &[&str] = &[
    "alloc",
    "axum",
    "build",
    "core",
    "deps",
    "examples",
    "http",
    "incremental",
    "landfall",
    "proc-macro",
    "proc_macro",
    "serde",
    "serde-json",
    "serde_json",
    "std",
    "test",
    "tokio",
    "tower",
    "tracing-subscriber",
    "tracing_subscriber",
];

/// The name of a project, in its forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name(String);

impl Name {
    /// # Errors
    /// It is no name of a crate, or that of another one. Says which name is like it.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let Some(wrong) = wrong(text) else {
            return Ok(Name(text.to_owned()));
        };
        let like = like(text);
        let help = match self::wrong(&like) {
            None => format!("`{like}` would do"),
            Some(_) => "choose one such as `harbour` or `my-app`".to_owned(),
        };
        Err(format!("`{text}` {wrong}; help: {help}"))
    }

    /// As cargo and files know it.
    pub(crate) fn package(&self) -> &str {
        &self.0
    }

    /// As the source knows it.
    pub(crate) fn library(&self) -> String {
        self.0.replace('-', "_")
    }

    /// As people are shown it: `My app`.
    pub(crate) fn title(&self) -> String {
        let words = self.0.replace(['-', '_'], " ");
        let (first, rest) = words.split_at(1);
        first.to_ascii_uppercase() + rest
    }
}

fn wrong(text: &str) -> Option<String> {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let strange = text
        .chars()
        .find(|&letter| !fits(letter) && !"-_".contains(letter));
    match text.chars().next() {
        None => Some("is no name: it is empty".to_owned()),
        Some(first) if !first.is_ascii_alphabetic() => {
            Some("is no name of a crate: it does not begin with a letter".to_owned())
        }
        _ if strange.is_some() => Some(format!(
            "is no name of a crate: it contains {:?}",
            strange.unwrap_or_default()
        )),
        _ if text.len() > LONGEST => Some(format!("is longer than {LONGEST} letters")),
        _ if is_taken(text) => Some("is taken by Rust, or by a dependency".to_owned()),
        _ => None,
    }
}

fn is_taken(text: &str) -> bool {
    KEYWORDS.contains(&text) || TAKEN.contains(&text)
}

/// The nearest name that is one.
fn like(text: &str) -> String {
    let lower = text.to_lowercase();
    let dashed = lower.replace(
        |letter: char| !letter.is_ascii_alphanumeric() && letter != '_',
        "-",
    );
    let begun = dashed.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
    let begun = begun.trim_start_matches(|letter: char| !letter.is_ascii_alphabetic());
    match is_taken(begun) {
        true => format!("my-{begun}"),
        false => begun.chars().take(LONGEST).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn names_have_forms() {
        let name = Name::new("my-small_app2").expect("a name");
        assert_eq!(name.package(), "my-small_app2");
        assert_eq!(name.library(), "my_small_app2");
        assert_eq!(name.title(), "My small app2");
    }

    #[test]
    fn what_is_no_name_is_told_with_one_that_is() {
        let long = "a".repeat(65);
        for (text, told) in [
            (
                "",
                "it is empty; help: choose one such as `harbour` or `my-app`",
            ),
            ("Harbour", "it contains 'H'; help: `harbour` would do"),
            ("my app", "it contains ' '; help: `my-app` would do"),
            (
                "2fast",
                "it does not begin with a letter; help: `fast` would do",
            ),
            ("größe", "it contains 'ö'; help: `gr--e` would do"),
            (
                "tokio",
                "is taken by Rust, or by a dependency; help: `my-tokio` would do",
            ),
            ("async", "help: `my-async` would do"),
            (
                "!",
                "does not begin with a letter; help: choose one such as",
            ),
            (&long, "is longer than 64 letters; help: `aaa"),
        ] {
            let error = Name::new(text).expect_err(text);
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
