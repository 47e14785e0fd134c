//! Rows that are told otherwise here, and rows that have no counterpart: `counterpart.json`. Each
//! entry has its reason.

use std::{fs, path::Path};

use serde_json::Value;

/// What the file says.
pub(crate) struct Counterparts(Value);

impl Counterparts {
    pub(crate) fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden_log/counterpart.json");
        let read: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        for (list, entries) in read.as_object().unwrap() {
            for entry in entries.as_array().unwrap() {
                let reason = entry["reason"].as_str().unwrap_or_default();
                assert!(reason.len() > 20, "{list}: no reason in {entry}");
            }
        }
        Counterparts(read)
    }

    fn find(&self, list: &str, holds: impl Fn(&Value) -> bool) -> Option<&Value> {
        let mut entries = self.0[list].as_array()?.iter();
        entries.find(|entry| holds(entry))
    }

    /// The rows that are named.
    pub(crate) fn rows(&self) -> Vec<(String, String)> {
        let lists = ["without", "instead", "elsewhere"];
        let entries = lists.into_iter().filter_map(|list| self.0[list].as_array());
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        entries
            .flatten()
            .map(|entry| (text(entry, "theme"), text(entry, "name")))
            .collect()
    }

    fn row(&self, list: &str, theme: &str, name: &str) -> Option<&Value> {
        self.find(list, |entry| {
            entry["theme"] == theme && entry["name"] == name
        })
    }

    /// Whether a row has no counterpart.
    pub(crate) fn without(&self, theme: &str, name: &str) -> bool {
        self.row("without", theme, name).is_some()
    }

    /// What is told instead of all of a row's lines.
    pub(crate) fn instead(&self, theme: &str, name: &str) -> Option<Vec<String>> {
        self.row("instead", theme, name).map(lines)
    }

    /// Where a row is played, if it is not where it was recorded.
    pub(crate) fn elsewhere(&self, theme: &str, name: &str) -> Option<&str> {
        self.row("elsewhere", theme, name)?["mount"].as_str()
    }

    /// What is told in other words instead of a line that begins like this.
    pub(crate) fn words(&self, line: &str) -> Option<Vec<String>> {
        let begins = |entry: &Value| line.starts_with(entry["begins"].as_str().unwrap());
        self.find("words", begins).map(lines)
    }
}

fn lines(entry: &Value) -> Vec<String> {
    let lines = entry["lines"].as_array().unwrap().iter();
    lines
        .map(|line| line.as_str().unwrap().to_owned())
        .collect()
}
