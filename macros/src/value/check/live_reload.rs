//! Patterns of files, and attributes of HTML.

use syn::{Expr, ExprTuple};

use super::Check;
use crate::{
    grammar::{self, Mistake},
    language::expr,
};

impl Check<'_> {
    pub(super) fn patterns(&mut self, value: &Expr) {
        self.literal_for_list(value);
        if self.name == "patterns" && expr::list(value).is_some_and(|list| list.is_empty()) {
            self.diag
                .push(value, "`live_reload` without patterns does nothing")
                .help("write `patterns = [\"static/.*\"]`, or leave `live_reload` out");
        }
        for pattern in expr::list(value).into_iter().flatten() {
            self.literal(pattern, grammar::regex::check);
        }
    }

    pub(super) fn topics(&mut self, value: &Expr) {
        let example = "write `notify = [(\"topic\", [\"templates/.*\"])]`";
        for (topic, patterns) in self.pairs(value, example) {
            self.literal(topic, grammar::parameter::any);
            self.patterns(patterns);
        }
    }

    pub(super) fn attributes(&mut self, value: &Expr) {
        let example = "write `iframe_attrs = [(\"class\", \"reload\")]`";
        for (attribute, value) in self.pairs(value, example) {
            self.literal(attribute, grammar::parameter::attribute);
            self.literal(value, grammar::parameter::any);
        }
    }

    /// The pairs of a list. Reports what is none.
    fn pairs<'a>(&mut self, value: &'a Expr, example: &str) -> Vec<(&'a Expr, &'a Expr)> {
        let name = self.name;
        if let Some(literal) = expr::literal_name(value) {
            self.diag
                .push(value, format!("`{name}` takes a list, this is {literal}"))
                .help(example);
        }
        let mut pairs = Vec::new();
        for entry in expr::list(value).into_iter().flatten() {
            match entry {
                Expr::Tuple(ExprTuple { elems, .. }) if elems.len() == 2 => {
                    pairs.extend(elems.first().zip(elems.last()));
                }
                Expr::Lit(_) | Expr::Tuple(_) => {
                    self.diag
                        .push(entry, format!("an entry of `{name}` is a pair"))
                        .help(example);
                }
                _ => {}
            }
        }
        pairs
    }

    /// Checks a text, unless it is a constant.
    fn literal(&mut self, value: &Expr, check: fn(&str) -> Result<(), Mistake>) {
        if let Some(text) = expr::text(value) {
            if let Err(mistake) = check(&text.value()) {
                self.diag.push_mistake(text, mistake);
            }
        } else if let Some(literal) = expr::literal_name(value) {
            let name = self.name;
            self.diag
                .push(value, format!("`{name}` has strings, this is {literal}"));
        }
    }
}
