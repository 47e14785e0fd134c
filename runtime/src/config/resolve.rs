//! Resolves the layers to one configuration, and compares one with the next.

use std::{
    collections::{BTreeMap, BTreeSet},
    env::VarError,
    path::Path,
    sync::Arc,
};

use super::{
    Config, ConfigError, ConfigErrors, Provenance, Setting, Settings,
    file::{File, Parsed},
    row::{Changes, Resolve, When},
    validate::{self, Finding},
    value::{Key, Value},
};

/// The result of all layers, and the source of each key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resolved {
    pub(crate) config: Arc<Config>,
    sources: Sources,
}

type Sources = BTreeMap<String, Provenance>;

impl From<Config> for Resolved {
    fn from(config: Config) -> Self {
        Resolved {
            config: config.into(),
            sources: Sources::new(),
        }
    }
}

impl Resolved {
    /// Whether a key differs from `before`.
    pub(crate) fn differs(&self, before: &Resolved) -> bool {
        !self.changes(before).0.is_empty()
    }

    fn changes(&self, before: &Resolved) -> Changes {
        let mut changes = Changes::default();
        let [before, after] = [before, self].map(|resolved| Some(&*resolved.config));
        Settings::compare(Key::TOP, When::Live, before, after, &mut changes);
        changes
    }

    /// Finds the keys that differ from `before`, and must not.
    fn refused(&self, before: &Resolved) -> Vec<ConfigError> {
        let changes = self.changes(before).0;
        let groups: Vec<_> = changes
            .iter()
            .map(|change| format!("{}.", change.key))
            .collect();
        // If a whole group was added or removed, only the group is reported, not its keys.
        let in_group = |key: &str| groups.iter().any(|group| key.starts_with(group));
        let fixed = changes
            .iter()
            .filter(|change| change.when == When::Start && !in_group(&change.key));
        let refusal = |key: &str| {
            let text = format!(
                "`{}` cannot change while the endpoint runs; so far it came from {}",
                Key(key),
                before.source(key)
            );
            let help = "take the change back, or start the endpoint again";
            ConfigError::new(text).help(help).at(key, self.source(key))
        };
        fixed.map(|change| refusal(&change.key)).collect()
    }

    /// The source of a key, or of the first key of a group.
    fn source(&self, key: &str) -> Provenance {
        let group = format!("{key}.");
        let below = || {
            let mut keys = self.sources.range(group.clone()..);
            let (first, source) = keys.next()?;
            first.starts_with(&group).then_some(source)
        };
        let source = self.sources.get(key).or_else(below);
        source.cloned().unwrap_or(Provenance::Default)
    }
}

/// The layers below `init`.
pub(crate) struct Layers<'a> {
    /// The endpoint's name.
    pub(crate) endpoint: &'static str,
    /// The declaration in `endpoint!`.
    pub(crate) declared: &'a Settings,
    /// The configuration file.
    pub(crate) file: Option<&'a Path>,
    /// The options given at start.
    pub(crate) options: &'a Settings,
    /// Errors in the declaration that no layer can correct.
    pub(crate) found: Vec<ConfigError>,
    /// The current configuration, if the endpoint runs.
    pub(crate) before: Option<&'a Resolved>,
    /// Checks what the configuration names, such as files. Returns each error with its key.
    pub(crate) examine: &'a dyn Fn(&Config) -> Vec<(String, ConfigError)>,
}

impl Layers<'_> {
    /// Merges the layers, lets `init` change the result, and checks it. Logs warnings.
    ///
    /// # Errors
    /// All errors, together.
    pub(crate) fn resolve(
        self,
        init: impl FnOnce(Config) -> Result<Config, ConfigError>,
    ) -> Result<Resolved, ConfigErrors> {
        let mut errors = Vec::new();
        let file = self
            .file
            .and_then(|path| File::read(path).map_err(|error| errors.push(error)).ok());
        let below = Below {
            endpoint: self.endpoint,
            declared: self.declared,
            file,
            environment: &|variable| std::env::var(variable),
            options: self.options,
            before: self.before,
            examine: self.examine,
        };
        below.resolve(errors, self.found, init)
    }
}

/// The layers, with the environment and the parsed file.
pub(super) struct Below<'a> {
    pub(super) endpoint: &'static str,
    pub(super) declared: &'a Settings,
    pub(super) file: Option<File>,
    pub(super) environment: &'a dyn Fn(&str) -> Result<String, VarError>,
    pub(super) options: &'a Settings,
    pub(super) before: Option<&'a Resolved>,
    pub(super) examine: &'a dyn Fn(&Config) -> Vec<(String, ConfigError)>,
}

impl Below<'_> {
    /// Resolves the layers. If the file cannot be read, `errors` has the reason.
    pub(super) fn resolve(
        &self,
        mut errors: Vec<ConfigError>,
        found: Vec<ConfigError>,
        init: impl FnOnce(Config) -> Result<Config, ConfigError>,
    ) -> Result<Resolved, ConfigErrors> {
        // A file that cannot be read may set the keys that seem to be missing.
        let was_read = errors.is_empty();
        let file = self
            .file
            .as_ref()
            .map(|file| file.parse(self.endpoint, &mut errors));
        let is_whole = was_read && file.as_ref().is_none_or(Parsed::is_whole);
        let environment = self.environment;
        let mut resolver = Resolver {
            file,
            environment,
            errors,
            missing: Vec::new(),
            sources: Sources::new(),
        };
        let below = Settings::resolve(
            Key::TOP,
            self.declared,
            self.options,
            Config::default(),
            &mut resolver,
        );
        let Resolver {
            mut errors,
            missing,
            mut sources,
            ..
        } = resolver;

        // `init` is not called with an incomplete configuration.
        let (mut config, mut is_last) = (below.clone(), false);
        if errors.is_empty() {
            match init(config.clone()) {
                Ok(changed) => (config, is_last) = (changed, true),
                Err(error) => errors.push(error.from(Provenance::Init)),
            }
        }
        let mut changes = Changes::default();
        let [from, to] = [&below, &config].map(Some);
        Settings::compare(Key::TOP, When::Live, from, to, &mut changes);
        sources.extend(
            changes
                .0
                .into_iter()
                .map(|change| (change.key, Provenance::Init)),
        );
        let said_by_init = |error: &ConfigError| {
            error.key().and_then(|key| sources.get(key)) == Some(&Provenance::Init)
        };
        if is_whole {
            errors.extend(missing.into_iter().filter(|error| !said_by_init(error)));
        }
        errors.extend(found);
        let mut findings = validate::values(&config);
        if is_whole {
            findings.extend(validate::together(&config));
            let examined = (self.examine)(&config).into_iter();
            findings.extend(examined.map(|(key, error)| Finding::Error(key, error)));
        }
        self.tell(findings, &sources, &mut errors);
        let resolved = Resolved {
            config: config.into(),
            sources,
        };
        if let (Some(before), true) = (self.before, is_whole) {
            let wrong: BTreeSet<_> = errors
                .iter()
                .filter_map(|error| error.key().map(str::to_owned))
                .collect();
            // If `init` was not called or failed, the keys that it would set are unknown.
            let is_known = |key: &str| {
                !wrong.contains(key) && (is_last || before.source(key) != Provenance::Init)
            };
            let refused = resolved.refused(before).into_iter();
            errors.extend(refused.filter(|error| error.key().is_none_or(is_known)));
        }
        if errors.is_empty() {
            return Ok(resolved);
        }
        errors.sort_by_cached_key(ConfigError::rank);
        Err(ConfigErrors::new(self.endpoint, errors))
    }

    /// Collects errors, and logs warnings.
    fn tell(&self, findings: Vec<Finding>, sources: &Sources, errors: &mut Vec<ConfigError>) {
        for finding in findings {
            match finding {
                Finding::Error(key, error) => errors.push(located(error, key, sources)),
                Finding::Warning(key, error) => {
                    tracing::warn!(endpoint = self.endpoint, "{}", located(error, key, sources));
                }
            }
        }
    }
}

fn located(error: ConfigError, key: String, sources: &Sources) -> ConfigError {
    let source = sources.get(&key).cloned().unwrap_or(Provenance::Default);
    error.at(&key, source)
}

/// Looks keys up in all layers, and collects errors.
pub(super) struct Resolver<'a> {
    file: Option<Parsed<'a>>,
    environment: &'a dyn Fn(&str) -> Result<String, VarError>,
    errors: Vec<ConfigError>,
    /// Variables that are not set, for keys that no layer sets. `init` may still set them.
    missing: Vec<ConfigError>,
    sources: Sources,
}

type Found<T> = (Result<T, ConfigError>, Provenance);

impl Resolver<'_> {
    /// The value of one key, from the topmost layer that sets it.
    pub(super) fn pick<T: Value + Clone>(
        &mut self,
        key: Key<'_>,
        declared: &Setting<T>,
        options: &Setting<T>,
    ) -> Option<T> {
        let (group, name) = key.parts();
        let found = self
            .in_environment(key, options)
            .or_else(|| Some((Ok(options.value.clone()?), Provenance::Options)))
            .or_else(|| self.in_environment(key, declared))
            .or_else(|| self.in_file(group, name))
            .or_else(|| {
                let source = declared
                    .location
                    .map_or(Provenance::Default, Provenance::Macro);
                Some((Ok(declared.value.clone()?), source))
            });
        if found.is_none() {
            self.report_missing(key, options);
            self.report_missing(key, declared);
        }
        self.note(key, found?)
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
        self.sources
            .extend(source.map(|source| (key.0.to_owned(), source)));
        off
    }

    /// Notes that the start options turn a group off.
    pub(super) fn note_off(&mut self, key: Key<'_>) {
        self.sources.insert(key.0.to_owned(), Provenance::Options);
    }

    /// Notes the line of a group, if the file has it.
    pub(super) fn note_group(&mut self, key: Key<'_>) {
        if let Some(source) = self.file.as_ref().and_then(|file| file.group(key)) {
            self.sources.insert(key.0.to_owned(), source);
        }
    }

    /// Adds an error about the value of a key.
    pub(super) fn wrong(&mut self, key: Key<'_>, error: ConfigError) {
        self.errors
            .push(located(error, key.0.to_owned(), &self.sources));
    }

    /// Notes that only a variable sets the key, and that the variable is not set.
    pub(super) fn report_missing<T: Value>(&mut self, key: Key<'_>, setting: &Setting<T>) {
        let (Some(variable), Some(at)) = (setting.variable, setting.location) else {
            return;
        };
        let help = if T::IS_SECRET {
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
                self.sources.insert(key.0.to_owned(), source);
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
        let value = match (self.environment)(variable) {
            Ok(text) => T::from_text(key, text),
            Err(VarError::NotPresent) => return None,
            Err(VarError::NotUnicode(_)) => {
                Err(ConfigError::new(format!("`{variable}` is not UTF-8")))
            }
        };
        Some((value, Provenance::Env(variable)))
    }

    fn in_file<T: Value>(&self, group: Key<'_>, name: &str) -> Option<Found<T>> {
        let (value, source) = self.file.as_ref()?.get(group, name)?;
        Some((T::read_item(Key(&group.below(name)), &value), source))
    }
}
