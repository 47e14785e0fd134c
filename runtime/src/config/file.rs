//! A configuration file, as TOML.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    ConfigError, Provenance,
    item::Item,
    key::Key,
    names,
    shape::{Names, Shape},
};
use crate::grammar::spelling::{did_you_mean, list};

/// A file that was read and not parsed yet.
pub(super) struct File {
    path: PathBuf,
    text: String,
}

/// A parsed file, as one endpoint reads it. Malformed parts have been reported and are left out.
///
/// Keys in the endpoint's section, a table with its name, win over keys outside of all sections.
pub(super) struct Parsed<'a> {
    file: &'a File,
    table: DeTable<'a>,
    /// The section's name, if the file has it.
    section: Option<&'static str>,
    is_whole: bool,
}

impl File {
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(File::new(path, text)),
            Err(error) => Err(ConfigError::new(format!(
                "cannot read the configuration file `{}`: {error}",
                path.display()
            ))
            .caused_by(error)),
        }
    }

    pub(super) fn new(path: &Path, text: String) -> Self {
        File {
            path: path.to_owned(),
            text,
        }
    }

    /// Parses all that can be parsed. If that is the whole file, also reports keys that are not
    /// `known`.
    pub(super) fn parse(
        &self,
        endpoint: &'static str,
        known: Names,
        errors: &mut Vec<ConfigError>,
    ) -> Parsed<'_> {
        let (table, syntax) = DeTable::parse_recoverable(&self.text);
        let is_whole = syntax.is_empty();
        for error in syntax {
            // Only the message: the whole error shows the line, which may hold a secret.
            let at = error.span().map_or(0, |span| span.start);
            errors.push(ConfigError::new(error.message()).from(self.source(at)));
        }
        let table = table.into_inner();
        let own = table.get(endpoint).map(Spanned::get_ref);
        let parsed = Parsed {
            file: self,
            section: own
                .filter(|own| is_section(endpoint, own))
                .map(|_| endpoint),
            table,
            is_whole,
        };
        // After a syntax error, the group of a key is uncertain.
        if is_whole {
            parsed.find_no_section(endpoint, errors);
            for table in parsed.tables() {
                parsed.find_unknown(table, Key::TOP, known, errors);
            }
        }
        parsed
    }

    fn source(&self, offset: usize) -> Provenance {
        let before = self
            .text
            .as_bytes()
            .get(..offset)
            .unwrap_or(self.text.as_bytes());
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Provenance::File {
            path: self.path.clone(),
            line,
        }
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("File").field(&self.path).finish()
    }
}

impl<'a> Parsed<'a> {
    /// Whether all of the file could be parsed.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The value of this name in a group, and its line.
    pub(super) fn get(&self, group: Key<'_>, name: &str) -> Option<(Item, Provenance)> {
        let value = self.groups(group).find_map(|table| table.get(name))?;
        Some((value.get_ref().into(), self.source(value)))
    }

    /// All entries of a group: those outside of sections come first.
    pub(super) fn entries(&self, group: Key<'_>) -> Vec<(String, Item, Provenance)> {
        let mut groups: Vec<_> = self.groups(group).collect();
        groups.reverse();
        let entries = groups.into_iter().flatten();
        entries
            .map(|(name, value)| {
                (
                    name.get_ref().to_string(),
                    value.get_ref().into(),
                    self.source(value),
                )
            })
            .collect()
    }

    /// The line of the group with this name, if there is one.
    pub(super) fn group(&self, key: Key<'_>) -> Option<Provenance> {
        let (group, name) = key.parts();
        let mut values = self.groups(group).filter_map(|table| table.get(name));
        let value = values.find(|value| value.get_ref().is_table())?;
        Some(self.source(value))
    }

    /// The line that turns a group off, such as `http = false`.
    pub(super) fn turned_off(&self, key: Key<'_>) -> Option<Provenance> {
        let (group, name) = key.parts();
        let value = self.groups(group).find_map(|table| table.get(name))?;
        matches!(value.get_ref(), DeValue::Boolean(false)).then(|| self.source(value))
    }

    /// The tables of a group: that of the endpoint's section comes first.
    fn groups(&self, group: Key<'_>) -> impl Iterator<Item = &DeTable<'a>> {
        self.tables().filter_map(move |table| {
            let mut names = group.0.split('.').filter(|name| !name.is_empty());
            names.try_fold(table, |table, name| table.get(name)?.get_ref().as_table())
        })
    }

    /// The tables that the endpoint reads: its section comes first.
    fn tables(&self) -> impl Iterator<Item = &DeTable<'a>> {
        let section = self.section.and_then(|name| self.table.get(name));
        let section = section.and_then(|section| section.get_ref().as_table());
        section.into_iter().chain([&self.table])
    }

    /// The keys of a group, also those of tables in it, and their lines.
    pub(super) fn lines(&self, group: Key<'_>) -> Vec<(String, Provenance)> {
        let mut groups: Vec<_> = self.groups(group).collect();
        groups.reverse();
        let mut lines = Vec::new();
        for table in groups {
            self.lines_of(table, group, &mut lines);
        }
        lines
    }

    fn lines_of(&self, table: &DeTable<'a>, at: Key<'_>, lines: &mut Vec<(String, Provenance)>) {
        for (name, value) in table {
            let key = at.below(name.get_ref());
            if let DeValue::Table(below) = value.get_ref() {
                self.lines_of(below, Key(&key), lines);
            }
            lines.push((key, self.source(name)));
        }
    }

    /// Reports a file that has sections, but none for this endpoint.
    fn find_no_section(&self, endpoint: &str, errors: &mut Vec<ConfigError>) {
        let sections = self.table.iter();
        let mut sections =
            sections.filter(|(name, value)| is_section(name.get_ref(), value.get_ref()));
        let (None, Some((first, _))) = (self.section, sections.next()) else {
            return;
        };
        let others = sections.map(|(name, _)| name);
        let names: Vec<&str> = [first]
            .into_iter()
            .chain(others)
            .map(|name| name.get_ref().as_ref())
            .collect();
        let meant = did_you_mean(endpoint, names.iter().copied());
        let help = match meant {
            Some(meant) => format!("is `[{meant}]` meant for it? Write `[{endpoint}]`"),
            None => format!("add `[{endpoint}]`, which may be empty"),
        };
        let text = format!(
            "there are sections for {}, but none for `{endpoint}`",
            list(names.into_iter())
        );
        errors.push(ConfigError::new(text).help(help).from(self.source(first)));
    }

    fn find_unknown(
        &self,
        table: &DeTable<'a>,
        group: Key<'_>,
        known: Names,
        errors: &mut Vec<ConfigError>,
    ) {
        for (name, value) in table {
            let text = name.get_ref().as_ref();
            let shape = known
                .iter()
                .find(|(known, ..)| *known == text)
                .map(|(.., shape)| *shape);
            match (shape, value.get_ref()) {
                (Some(Shape::Group(below) | Shape::Switched(below)), DeValue::Table(table)) => {
                    self.find_unknown(table, Key(&group.below(text)), below, errors);
                }
                (Some(Shape::Open | Shape::SwitchedOpen), DeValue::Table(_))
                | (Some(Shape::Value), _)
                | (Some(Shape::Switched(_) | Shape::SwitchedOpen), DeValue::Boolean(false)) => {}
                (Some(_), _) => errors.push(self.not_a_group(text, name)),
                (None, section)
                    if std::ptr::eq(table, &self.table) && is_section(text, section) => {}
                (None, _) => {
                    errors.push(names::unknown(group, known, text).from(self.source(name)));
                }
            }
        }
    }

    fn not_a_group<T>(&self, group: &str, at: &Spanned<T>) -> ConfigError {
        ConfigError::new(format!("`{group}` is a group, not a value"))
            .help(format!("write `[{group}]`, and its keys below"))
            .from(self.source(at))
    }

    fn source<T>(&self, at: &Spanned<T>) -> Provenance {
        self.file.source(at.span().start)
    }
}

/// Whether it is a table for one endpoint. Endpoints are types, whose names begin with a capital.
/// Keys never do.
fn is_section(name: &str, value: &DeValue<'_>) -> bool {
    value.is_table() && name.starts_with(char::is_uppercase)
}

impl From<&DeValue<'_>> for Item {
    fn from(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Item::String(text.as_ref().to_owned()),
            DeValue::Integer(number) => Item::Integer(number.as_str().to_owned(), number.radix()),
            DeValue::Float(number) => Item::Float(number.as_str().to_owned()),
            DeValue::Boolean(value) => Item::Boolean(*value),
            DeValue::Datetime(date) => Item::Datetime(date.to_string()),
            DeValue::Array(items) => {
                Item::Array(items.iter().map(|item| item.get_ref().into()).collect())
            }
            DeValue::Table(table) => {
                let entries = table.iter();
                let entries = entries
                    .map(|(name, value)| (name.get_ref().to_string(), value.get_ref().into()));
                Item::Table(entries.collect())
            }
        }
    }
}
