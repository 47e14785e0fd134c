//! Colours, for terminals alone.

use std::{
    env,
    ffi::OsStr,
    io::{IsTerminal, stderr, stdout},
};

/// How words look.
#[derive(Clone, Copy)]
pub(crate) enum Style {
    Bold,
    Red,
    Green,
    Cyan,
}

/// Whether a stream is shown colours.
#[derive(Clone, Copy)]
pub(crate) struct Colours(bool);

impl Colours {
    pub(crate) fn of_output() -> Self {
        Colours::wanted(stdout().is_terminal())
    }

    pub(crate) fn of_errors() -> Self {
        Colours::wanted(stderr().is_terminal())
    }

    /// `NO_COLOR` with any value but the empty one turns them off.
    fn wanted(is_terminal: bool) -> Self {
        Colours::decide(
            is_terminal,
            env::var_os("NO_COLOR").as_deref(),
            env::var_os("TERM").as_deref(),
        )
    }

    fn decide(is_terminal: bool, no_colour: Option<&OsStr>, terminal: Option<&OsStr>) -> Self {
        let is_refused = no_colour.is_some_and(|value| !value.is_empty());
        let is_dumb = terminal.is_some_and(|name| name == "dumb");
        Colours(is_terminal && !is_refused && !is_dumb)
    }

    /// The words in a style.
    pub(crate) fn paint(self, style: Style, words: &str) -> String {
        let code = match style {
            Style::Bold => "1",
            Style::Red => "1;31",
            Style::Green => "32",
            Style::Cyan => "36",
        };
        match self.0 && !words.is_empty() {
            true => format!("\x1b[{code}m{words}\x1b[0m"),
            false => words.to_owned(),
        }
    }

    /// A text with its first word in a style, line by line where `is_head` says so.
    pub(crate) fn first_words(
        self,
        style: Style,
        text: &str,
        is_head: impl Fn(&str) -> bool,
    ) -> String {
        let painted = text.split_inclusive('\n').map(|line| {
            let begin = line.len() - line.trim_start().len();
            let end = line[begin..]
                .find([' ', '\n'])
                .map_or(line.len(), |end| begin + end);
            match is_head(line) {
                true => format!(
                    "{}{}{}",
                    &line[..begin],
                    self.paint(style, &line[begin..end]),
                    &line[end..]
                ),
                false => line.to_owned(),
            }
        });
        painted.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::{Colours, Style};

    #[test]
    fn only_terminals_are_shown_colours_and_not_all_of_them() {
        let decide = |is_terminal, no_colour: Option<&str>, terminal: Option<&str>| {
            let Colours(shown) = Colours::decide(
                is_terminal,
                no_colour.map(OsStr::new),
                terminal.map(OsStr::new),
            );
            shown
        };
        assert!(decide(true, None, Some("xterm")));
        assert!(decide(true, Some(""), None));
        assert!(!decide(true, Some("1"), Some("xterm")));
        assert!(!decide(true, None, Some("dumb")));
        assert!(!decide(false, None, Some("xterm")));
    }

    #[test]
    fn first_words_are_painted() {
        let text = "Usage: landfall\n  new   makes\nand more\n";
        let is_head = |line: &str| !line.starts_with("and");
        let painted = Colours(true).first_words(Style::Bold, text, is_head);
        assert_eq!(
            painted,
            "\x1b[1mUsage:\x1b[0m landfall\n  \x1b[1mnew\x1b[0m   makes\nand more\n"
        );
        assert_eq!(Colours(false).first_words(Style::Bold, text, is_head), text);
    }
}
