//! Resolves the layers to one configuration, and compares one with the next.

use std::{env::VarError, path::Path, sync::Arc};

use super::{
    Config, ConfigError, ConfigErrors, Provenance, Settings,
    file::{File, Parsed},
    finding::Finding,
    key::Key,
    names,
    resolver::{Resolver, Sources},
    row::{Changes, Resolve},
    shape::{Layered, When},
    validate,
};

/// The result of all layers, and the source of each key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resolved {
    pub(crate) config: Arc<Config>,
    sources: Sources,
}

impl From<Config> for Resolved {
    fn from(config: Config) -> Self {
        Resolved {
            config: config.into(),
            sources: Sources::default(),
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
                before.sources.of(key)
            );
            let help = "take the change back, or start the endpoint again";
            ConfigError::new(text)
                .help(help)
                .at(key, self.sources.of(key))
        };
        fixed.map(|change| refusal(&change.key)).collect()
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
    /// Checks what the configuration names, such as files. Each error says which key it is about.
    pub(crate) examine: &'a dyn Fn(&Config) -> Vec<ConfigError>,
}

impl Layers<'_> {
    /// Merges the layers, lets `init` change the result, and checks it. Logs warnings.
    ///
    /// # Errors
    /// All errors, together.
    pub(crate) fn resolve(
        self,
        init: &dyn Fn(Config) -> Result<Config, ConfigError>,
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
    pub(super) examine: &'a dyn Fn(&Config) -> Vec<ConfigError>,
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
        let known = Settings::SHAPE.names();
        let file = self
            .file
            .as_ref()
            .map(|file| file.parse(self.endpoint, known, &mut errors));
        let is_whole = was_read && file.as_ref().is_none_or(Parsed::is_whole);
        let environment = self.environment;
        let mut resolver = Resolver::new(file, environment, errors);
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
        for change in changes.0 {
            sources.note(change.key, Provenance::Init);
        }
        let said_by_init = |error: &ConfigError| {
            error
                .key()
                .is_some_and(|key| sources.of(key) == Provenance::Init)
        };
        if is_whole {
            errors.extend(missing.into_iter().filter(|error| !said_by_init(error)));
        }
        errors.extend(found);
        let mut findings = validate::values(&config);
        if is_whole {
            findings.extend(validate::together(&config));
            findings.extend((self.examine)(&config).into_iter().map(Finding::Error));
        }
        self.tell(findings, &sources, &mut errors);
        let resolved = Resolved {
            config: config.into(),
            sources,
        };
        if let (Some(before), true) = (self.before, is_whole) {
            let wrong = errors.iter().filter_map(|error| error.key());
            let wrong: Vec<String> = wrong.map(str::to_owned).collect();
            // If `init` was not called or failed, the keys that it would set are unknown.
            let is_known = |key: &str| {
                !wrong.iter().any(|wrong| wrong == key)
                    && (is_last || before.sources.of(key) != Provenance::Init)
            };
            let refused = resolved.refused(before).into_iter();
            errors.extend(refused.filter(|error| error.key().is_none_or(is_known)));
        }
        if errors.is_empty() {
            return Ok(resolved);
        }
        errors.sort_by_cached_key(|error| error.key().map(|key| names::rank(known, key)));
        Err(ConfigErrors::new(self.endpoint, errors))
    }

    /// Collects errors, and logs warnings.
    fn tell(&self, findings: Vec<Finding>, sources: &Sources, errors: &mut Vec<ConfigError>) {
        for finding in findings {
            match finding {
                Finding::Error(error) => errors.push(sources.locate(error)),
                Finding::Warning(error) => {
                    tracing::warn!(endpoint = self.endpoint, "{}", sources.locate(error));
                }
            }
        }
    }
}
