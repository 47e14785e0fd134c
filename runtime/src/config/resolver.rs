//! Looks keys up in the layers, and notes where each value is from.

use std::{env::VarError, panic::Location};

use super::{ConfigError, Provenance, Setting, file::Parsed, key::Key, value::Value};
use crate::sorted;

/// The source of each key, sorted by key.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources(Vec<(String, Provenance)>);

impl Sources {
    pub(super) fn note(&mut self, key: String, source: Provenance) {
        sorted::put(&mut self.0, key, source);
    }

    pub(super) fn get(&self, key: &str) -> Option<&Provenance> {
        sorted::get(&self.0, key)
    }

    /// Forgets the keys that begin so.
    pub(super) fn forget(&mut self, beginning: &str) {
        self.0.retain(|(key, _)| !key.starts_with(beginning));
    }

    /// The source of a key, or of the first key of a group.
    pub(super) fn of(&self, key: &str) -> Provenance {
        let group = format!("{key}.");
        let below = || {
            let (Ok(at) | Err(at)) = sorted::place(&self.0, &group);
            let (first, source) = self.0.get(at)?;
            first.starts_with(&group).then_some(source)
        };
        let source = self.get(key).or_else(below);
        source.cloned().unwrap_or(Provenance::Default)
    }

    /// Adds the source of the key that an error is about, unless it has one.
    pub(super) fn locate(&self, error: ConfigError) -> ConfigError {
        let source = error.key().map_or(Provenance::Default, |key| self.of(key));
        error.from(source)
    }
}

/// Looks keys up in all layers, and collects errors.
pub(super) struct Resolver<'a> {
    file: Option<Parsed<'a>>,
    environment: &'a dyn Fn(&str) -> Result<String, VarError>,
    pub(super) errors: Vec<ConfigError>,
    /// Variables that are not set, for keys that no layer sets. `init` may still set them.
    pub(super) missing: Vec<ConfigError>,
    pub(super) sources: Sources,
}

type Found<T> = (Result<T, ConfigError>, Provenance);

impl<'a> Resolver<'a> {
    pub(super) fn new(
        file: Option<Parsed<'a>>,
        environment: &'a dyn Fn(&str) -> Result<String, VarError>,
        errors: Vec<ConfigError>,
    ) -> Self {
        Resolver {
            file,
            environment,
            errors,
            missing: Vec::new(),
            sources: Sources::default(),
        }
    }

    /// The value of one key, from the topmost layer that sets it.
    pub(super) fn pick<T: Value + Clone>(
        &mut self,
        key: Key<'_>,
        declared: &Setting<T>,
        options: &Setting<T>,
    ) -> Option<T> {
        let Some(found) = self.find(key, declared, options) else {
            self.report_missing(key, options);
            self.report_missing(key, declared);
            return None;
        };
        self.note(key, found)
    }

    /// The layers in their order. Combinators would be compiled a dozen functions for each type.
    fn find<T: Value + Clone>(
        &self,
        key: Key<'_>,
        declared: &Setting<T>,
        options: &Setting<T>,
    ) -> Option<Found<T>> {
        if let Some(found) = self.in_environment(key, options) {
            return Some(found);
        }
        if let Some(value) = &options.value {
            return Some((Ok(value.clone()), Provenance::Options));
        }
        if let Some(found) = self.in_environment(key, declared) {
            return Some(found);
        }
        if let Some(found) = self.in_file(key) {
            return Some(found);
        }
        let value = declared.value.clone()?;
        let source = declared.location;
        Some((
            Ok(value),
            source.map_or(Provenance::Default, Provenance::Macro),
        ))
    }

    /// The value of one key in the environment only.
    pub(super) fn read_environment<T: Value>(
        &mut self,
        key: Key<'_>,
        setting: &Setting<T>,
    ) -> Option<T> {
        let found = self.in_environment(key, setting)?;
        self.note(key, found)
    }

    /// All entries of a group in the file: those for all endpoints, then those for this one.
    pub(super) fn read_group<T: Value>(&mut self, group: Key<'_>) -> Vec<(String, T, Provenance)> {
        let entries = self.file.iter().flat_map(|file| file.entries(group));
        let found: Vec<(String, Found<T>)> = entries
            .map(|(name, value, source)| {
                let value = T::read_item(Key(&group.below(&name)), &value);
                (name, (value, source))
            })
            .collect();
        let read = |(name, found): (String, Found<T>)| {
            let source = found.1.clone();
            let value = self.note(Key(&group.below(&name)), found)?;
            Some((name, value, source))
        };
        found.into_iter().filter_map(read).collect()
    }

    /// The keys of a group of the file, also those of tables in it, and their lines.
    pub(super) fn lines_in_file(&self, key: Key<'_>) -> Vec<(String, Provenance)> {
        self.file.iter().flat_map(|file| file.lines(key)).collect()
    }

    pub(super) fn file_has_group(&self, key: Key<'_>) -> bool {
        self.file
            .as_ref()
            .is_some_and(|file| file.group(key).is_some())
    }

    /// Whether the file turns a group off. Notes the line.
    pub(super) fn file_turns_off(&mut self, key: Key<'_>) -> bool {
        let source = self.file.as_ref().and_then(|file| file.turned_off(key));
        let off = source.is_some();
        if let Some(source) = source {
            self.sources.note(key.0.to_owned(), source);
        }
        off
    }

    /// Notes that the start options turn a group off.
    pub(super) fn note_off(&mut self, key: Key<'_>) {
        self.sources.note(key.0.to_owned(), Provenance::Options);
    }

    /// Notes the line of a group, if the file has it.
    pub(super) fn note_group(&mut self, key: Key<'_>) {
        if let Some(source) = self.file.as_ref().and_then(|file| file.group(key)) {
            self.sources.note(key.0.to_owned(), source);
        }
    }

    /// Adds an error about the value of a key.
    pub(super) fn wrong(&mut self, key: Key<'_>, error: ConfigError) {
        self.errors.push(self.sources.locate(error.about(key.0)));
    }

    /// Notes that only a variable sets the key, and that the variable is not set.
    pub(super) fn report_missing<T: Value>(&mut self, key: Key<'_>, setting: &Setting<T>) {
        if let (Some(variable), Some(at)) = (setting.variable, setting.location) {
            self.not_set(key, variable, at, T::IS_SECRET);
        }
    }

    fn not_set(
        &mut self,
        key: Key<'_>,
        variable: &'static str,
        at: &'static Location<'static>,
        is_secret: bool,
    ) {
        let help = if is_secret {
            // The declaration refuses a default for a secret: it would end up in the binary.
            format!("set it, or `{}` in the configuration file", key.0)
        } else {
            format!("set it, or say what stands in for it: `env(\"{variable}\").or(..)`")
        };
        let error = ConfigError::not_set(variable).help(help);
        self.missing.push(error.at(key.0, Provenance::Macro(at)));
    }

    fn note<T>(&mut self, key: Key<'_>, (value, source): Found<T>) -> Option<T> {
        match value {
            Ok(value) => {
                self.sources.note(key.0.to_owned(), source);
                Some(value)
            }
            Err(error) => {
                self.errors.push(error.at(key.0, source));
                None
            }
        }
    }

    fn in_environment<T: Value>(&self, key: Key<'_>, setting: &Setting<T>) -> Option<Found<T>> {
        let variable = setting.variable?;
        let value = match self.variable(variable)? {
            Ok(text) => T::from_text(key, text),
            Err(error) => Err(error),
        };
        Some((value, Provenance::Env(variable)))
    }

    fn variable(&self, variable: &str) -> Option<Result<String, ConfigError>> {
        match (self.environment)(variable) {
            Ok(text) => Some(Ok(text)),
            Err(VarError::NotPresent) => None,
            Err(VarError::NotUnicode(_)) => {
                Some(Err(ConfigError::new(format!("`{variable}` is not UTF-8"))))
            }
        }
    }

    fn in_file<T: Value>(&self, key: Key<'_>) -> Option<Found<T>> {
        let (group, name) = key.parts();
        let (value, source) = self.file.as_ref()?.get(group, name)?;
        Some((T::read_item(key, &value), source))
    }
}
