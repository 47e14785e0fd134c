//! The forms of a name.

use crate::keywords::KEYWORDS;

/// Names of files that mean something else.
const TAKEN: &[&str] = &["lib", "main", "mod", "build"];

/// A name such as `ChatRoom`.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    words: Vec<String>,
}

impl Name {
    /// Reads `ChatRoom`, `chat_room` or `chat-room`, without `suffix` at the end.
    ///
    /// # Errors
    /// It is no name of a type and of a module.
    pub(crate) fn new(text: &str, suffix: &str) -> Result<Self, String> {
        let bare = match text.strip_suffix(suffix) {
            Some(bare) if !bare.is_empty() => bare,
            _ => text,
        };
        let name = Name { words: words(bare) };
        let begins = text.starts_with(|letter: char| letter.is_ascii_alphabetic());
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        if !begins || !text.chars().all(fits) {
            return Err(format!(
                "`{text}` is no name of a type; help: choose one such as `ChatRoom`"
            ));
        }
        let module = name.module();
        if KEYWORDS.contains(&&*module) || TAKEN.contains(&&*module) {
            return Err(format!(
                "a module cannot be called `{module}`; help: choose one such as `Chat{}`",
                name.camel()
            ));
        }
        Ok(name)
    }

    /// `ChatRoom`
    pub(crate) fn camel(&self) -> String {
        let capital = |word: &String| word[..1].to_ascii_uppercase() + &word[1..];
        self.words.iter().map(capital).collect()
    }

    /// `chat_room`
    pub(crate) fn module(&self) -> String {
        self.words.join("_")
    }
}

/// The words of a name, in lower case.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut begins = true;
    let mut was_lower = false;
    for letter in text.chars() {
        if !letter.is_ascii_alphanumeric() {
            begins = true;
            continue;
        }
        if begins || (letter.is_ascii_uppercase() && was_lower) {
            words.push(String::new());
        }
        begins = false;
        was_lower = !letter.is_ascii_uppercase();
        if let Some(word) = words.last_mut() {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn names_have_two_forms() {
        for (text, camel, module) in [
            ("Game", "Game", "game"),
            ("ChatRoom", "ChatRoom", "chat_room"),
            ("chat_room", "ChatRoom", "chat_room"),
            ("chat-room2", "ChatRoom2", "chat_room2"),
            ("GameSocket", "Game", "game"),
            ("Socket", "Socket", "socket"),
        ] {
            let name = Name::new(text, "Socket").expect(text);
            assert_eq!((&*name.camel(), &*name.module()), (camel, module), "{text}");
        }
        for (text, told) in [
            ("", "is no name of a type"),
            ("2d", "is no name of a type"),
            ("a/b", "is no name of a type"),
            (
                "Match",
                "cannot be called `match`; help: choose one such as `ChatMatch`",
            ),
            ("main", "cannot be called `main`"),
        ] {
            let error = Name::new(text, "Socket").expect_err(text);
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
