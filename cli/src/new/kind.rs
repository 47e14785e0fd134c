//! What kind of project is made.

/// What a project is made of.
#[derive(Clone, Copy, Default)]
pub(crate) struct Kind {
    /// axum listens, and its router has the endpoint.
    pub(crate) axum: bool,
    pub(crate) sockets: Sockets,
}

/// The sockets of a project.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Sockets {
    #[default]
    Channels,
    Raw,
    Nothing,
}

/// The words by which templates say which projects have a file or a part of one. Words of one line
/// exclude each other.
const WORDS: [&[&str]; 2] = [&["tower", "axum"], &["channels", "raw", "nothing"]];

impl Kind {
    /// Whether this kind has what is said to be only for these words: of each line of words at
    /// least one is true, if any of it is named.
    pub(crate) fn admits(self, words: &str) -> bool {
        let mine = self.words();
        WORDS.iter().all(|line| {
            let mut named = words
                .split(' ')
                .filter(|word| line.contains(word))
                .peekable();
            named.peek().is_none() || named.any(|word| mine.contains(&word))
        })
    }

    fn words(self) -> [&'static str; 2] {
        let server = if self.axum { "axum" } else { "tower" };
        let sockets = match self.sockets {
            Sockets::Channels => "channels",
            Sockets::Raw => "raw",
            Sockets::Nothing => "nothing",
        };
        [server, sockets]
    }

    /// Whether a template may say so.
    #[cfg(test)]
    pub(crate) fn knows(word: &str) -> bool {
        WORDS.concat().contains(&word)
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Sockets};

    #[test]
    fn words_of_one_line_exclude_each_other() {
        let raw = Kind {
            axum: true,
            sockets: Sockets::Raw,
        };
        for (words, admitted) in [
            ("", true),
            ("axum", true),
            ("tower", false),
            ("channels raw", true),
            ("axum channels", false),
            ("axum raw nothing", true),
            ("tower raw nothing", false),
        ] {
            assert_eq!(raw.admits(words), admitted, "{words}");
        }
    }
}
