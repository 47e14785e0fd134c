//! A configuration file, as TOML.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{ConfigError, Source, keys};

/// A file that was read; its values are looked up by key.
pub(super) struct File {
    path: PathBuf,
    text: String,
}

/// A file that was parsed. What is not well-formed has been reported and is not in it.
pub(super) struct Parsed<'a> {
    file: &'a File,
    table: DeTable<'a>,
}

impl File {
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(File::new(path, text)),
            Err(error) => Err(ConfigError::new(format!(
                "cannot read the configuration file `{}`: {error}",
                path.display()
            ))),
        }
    }

    pub(super) fn new(path: &Path, text: String) -> Self {
        File { path: path.to_owned(), text }
    }

    /// Parses what can be parsed, and finds keys that do not exist.
    pub(super) fn parse(&self, errors: &mut Vec<ConfigError>) -> Parsed<'_> {
        let (table, syntax) = DeTable::parse_recoverable(&self.text);
        for error in syntax {
            // The message alone: the error as a whole shows the line, and with it perhaps a secret.
            let at = error.span().map_or(0, |span| span.start);
            errors.push(ConfigError::new(error.message()).from(self.source(at)));
        }
        let parsed = Parsed { file: self, table: table.into_inner() };
        parsed.find_unknown(errors);
        parsed
    }

    fn source(&self, offset: usize) -> Source {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Source::File { path: self.path.clone(), line }
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("File").field(&self.path).finish()
    }
}

impl<'a> Parsed<'a> {
    /// The value of `"url.host"`, say, and where it stands.
    pub(super) fn get(&self, key: &str) -> Option<(&DeValue<'a>, Source)> {
        let value = match key.split_once('.') {
            Some((group, name)) => self.table.get(group)?.get_ref().as_table()?.get(name)?,
            None => self.table.get(key)?,
        };
        Some((value.get_ref(), self.source(value)))
    }

    pub(super) fn has_group(&self, group: &str) -> bool {
        self.table.get(group).is_some_and(|value| value.get_ref().is_table())
    }

    /// The names in a group.
    pub(super) fn names(&self, group: &str) -> Vec<String> {
        let table = self.table.get(group).and_then(|value| value.get_ref().as_table());
        table.into_iter().flatten().map(|(name, _)| name.get_ref().to_string()).collect()
    }

    fn find_unknown(&self, errors: &mut Vec<ConfigError>) {
        for (name, value) in &self.table {
            let top = name.get_ref().as_ref();
            match (keys::group(top), value.get_ref()) {
                (Some(known), DeValue::Table(table)) => {
                    let unknown = table.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
                    errors.extend(
                        unknown.map(|key| keys::unknown_in(top, known, key.get_ref()).from(self.source(key))),
                    );
                }
                (None, DeValue::Table(_)) if top == keys::EXTRA => {}
                (Some(_), _) => errors.push(self.not_a_group(top, name)),
                (None, _) if top == keys::EXTRA => errors.push(self.not_a_group(top, name)),
                (None, _) if keys::VALUES.contains(&top) => {}
                (None, _) => errors.push(keys::unknown_top(top).from(self.source(name))),
            }
        }
    }

    fn not_a_group<T>(&self, group: &str, at: &Spanned<T>) -> ConfigError {
        ConfigError::new(format!("`{group}` is a group, not a value"))
            .help(format!("write `[{group}]`, and its keys below"))
            .from(self.source(at))
    }

    fn source<T>(&self, at: &Spanned<T>) -> Source {
        self.file.source(at.span().start)
    }
}
