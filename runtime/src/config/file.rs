//! A configuration file, as TOML.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{ConfigError, Provenance, names, row::Shape, value::Key};

/// A file that was read; its values are looked up by key.
pub(super) struct File {
    path: PathBuf,
    text: String,
}

/// A file that was parsed. What is not well-formed has been reported and is not in it.
pub(super) struct Parsed<'a> {
    file: &'a File,
    table: DeTable<'a>,
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

    /// Parses what can be parsed. Finds keys that do not exist, if all could be parsed.
    pub(super) fn parse(&self, errors: &mut Vec<ConfigError>) -> Parsed<'_> {
        let (table, syntax) = DeTable::parse_recoverable(&self.text);
        let is_whole = syntax.is_empty();
        for error in syntax {
            // The message alone: the error as a whole shows the line, and with it perhaps a secret.
            let at = error.span().map_or(0, |span| span.start);
            errors.push(ConfigError::new(error.message()).from(self.source(at)));
        }
        let parsed = Parsed {
            file: self,
            table: table.into_inner(),
            is_whole,
        };
        // After a syntax error it is a guess which group a key stands in.
        if is_whole {
            parsed.find_unknown(Key::TOP, names::top(), errors);
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

    /// The value of this name in a group, and where it stands.
    pub(super) fn get(&self, group: Key<'_>, name: &str) -> Option<(&DeValue<'a>, Provenance)> {
        let value = self.group(group)?.get(name)?;
        Some((value.get_ref(), self.source(value)))
    }

    /// The table of this name, if there is one.
    pub(super) fn group(&self, key: Key<'_>) -> Option<&DeTable<'a>> {
        let names = key.0.split('.').filter(|name| !name.is_empty());
        names.into_iter().try_fold(&self.table, |table, name| {
            table.get(name)?.get_ref().as_table()
        })
    }

    /// The names in a group.
    pub(super) fn names(&self, group: Key<'_>) -> Vec<String> {
        let names = self.group(group).into_iter().flatten();
        names.map(|(name, _)| name.get_ref().to_string()).collect()
    }

    /// The keys of a group, also those of tables in it, and where they stand.
    pub(super) fn lines(&self, group: Key<'_>) -> Vec<(String, Provenance)> {
        let mut lines = Vec::new();
        if let Some(table) = self.group(group) {
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

    fn find_unknown(&self, group: Key<'_>, known: &[(&str, Shape)], errors: &mut Vec<ConfigError>) {
        for (name, value) in self.group(group).into_iter().flatten() {
            let text = name.get_ref().as_ref();
            let shape = known
                .iter()
                .find(|(known, _)| *known == text)
                .map(|(_, shape)| *shape);
            match (shape, value.get_ref()) {
                (Some(Shape::Group(below)), DeValue::Table(_)) => {
                    self.find_unknown(Key(&group.below(text)), below, errors);
                }
                (Some(Shape::Open), DeValue::Table(_)) | (Some(Shape::Value), _) => {}
                (Some(_), _) => errors.push(self.not_a_group(text, name)),
                (None, _) => {
                    errors.push(names::unknown(group, known, text).from(self.source(name)))
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
