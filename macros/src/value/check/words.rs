//! Words of a closed set: `true`, levels, headers.

use syn::{Expr, LitStr};

use super::Check;
use crate::{
    grammar::spelling::{did_you_mean, list},
    language::{expr, schema},
};

impl Check<'_> {
    pub(super) fn flag(&mut self, value: &Expr) {
        let name = self.name;
        let what = match (
            expr::boolean(value),
            expr::literal_name(value),
            expr::word(value),
        ) {
            (Some(_), ..) => return,
            (None, Some(literal), _) => format!("this is {literal}"),
            (None, None, Some(word))
                if did_you_mean(&word.to_string(), ["true", "false"]).is_some() =>
            {
                format!("not `{word}`")
            }
            _ => return,
        };
        let found = self
            .diag
            .push(value, format!("`{name}` takes `true` or `false`, {what}"));
        found.help(format!("write `{name} = true`"));
    }

    pub(super) fn level(&mut self, value: &Expr) {
        let names: Vec<&str> = schema::LEVELS.iter().map(|(name, _)| *name).collect();
        if expr::boolean(value) == Some(false) {
            return;
        }
        if let Some(literal) = expr::literal_name(value) {
            let found = self.diag.push(
                value,
                format!("`{}` takes a level, this is {literal}", self.name),
            );
            found.help(format!("one of {}, `false`", list(names)));
            return;
        }
        self.word(value, &names, Some("`false` logs nothing"));
    }

    /// A level, `false`, or the path of a function.
    pub(super) fn chosen_level(&mut self, value: &Expr, signature: &str) {
        if expr::boolean(value) == Some(false) {
            return;
        }
        if let Some(literal) = expr::literal_name(value) {
            let names = schema::LEVELS.iter().map(|(name, _)| *name);
            let found = self.diag.push(
                value,
                format!("`{}` takes a level, this is {literal}", self.name),
            );
            found.help(format!(
                "one of {}, `false`, or a function `{signature}`",
                list(names)
            ));
        }
    }

    /// A word of a closed set; anything that is not a word is left to `rustc`.
    pub(super) fn word(&mut self, value: &Expr, words: &[&str], more: Option<&str>) {
        let name = self.name;
        let in_lower_case = expr::name(value).map(|name| name.to_string().to_ascii_lowercase());
        if let (Some(word), None) = (in_lower_case, expr::word(value))
            && words.contains(&word.as_str())
            && expr::name(value).is_some_and(|name| name.to_string().contains(char::is_lowercase))
        {
            let shown = expr::name(value)
                .map(ToString::to_string)
                .unwrap_or_default();
            self.diag
                .push(value, format!("unknown value `{shown}` of `{name}`"))
                .help(format!("did you mean `{word}`?"));
            return;
        }
        let Some(word) = expr::word(value).map(ToString::to_string) else {
            return;
        };
        if words.contains(&word.as_str()) {
            return;
        }
        let found = self
            .diag
            .push(value, format!("unknown value `{word}` of `{name}`"));
        match (did_you_mean(&word, words.iter().copied()), words) {
            (Some(near), _) => found.help(format!("did you mean `{near}`?")),
            (None, [one]) => found.help(format!("write `{one}`")),
            (None, _) => found.help(format!("one of {}", list(words.iter().copied()))),
        };
        if let Some(more) = more {
            found.help(more);
        }
    }

    pub(super) fn forwarded(&mut self, value: &Expr) {
        let name = self.name;
        let Some(headers) = expr::list(value) else {
            if expr::literal_name(value).is_some() || expr::word(value).is_some() {
                self.diag
                    .push(value, format!("`{name}` takes a list"))
                    .help(format!("write `{name} = [x_forwarded_proto]`"));
            }
            return;
        };
        for header in headers {
            let word = expr::word(header).map(ToString::to_string);
            let text = expr::text(header).map(LitStr::value);
            let said = word.or(text.map(|text| text.to_lowercase().replace('-', "_")));
            let Some(said) = said else { continue };
            let known = || schema::FORWARDED.iter().map(|(name, _)| *name);
            if known().any(|name| name == said) && expr::word(header).is_some() {
                continue;
            }
            if known().any(|name| name == said) {
                self.diag
                    .push(header, format!("`{name}` takes names, this is a string"))
                    .help(format!("write `{said}`"));
                continue;
            }
            let found = self
                .diag
                .push(header, format!("unknown header `{said}` in `{name}`"));
            match did_you_mean(&said, known()) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help(format!("known headers: {}", list(known()))),
            };
        }
    }
}
