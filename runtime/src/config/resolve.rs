//! From layers to one configuration.

use std::{collections::BTreeMap, env::VarError, path::Path};

use serde_json::{Map, Value as Json};

use super::{
    Config, ConfigError, ConfigErrors, Extra, Http, HttpConfig, PubSubConfig, Scheme, Setting, Settings,
    Source, Url, UrlConfig, changes, extra,
    file::{File, Parsed},
    validate::{self, Finding},
    value::{Key, Value},
};
use crate::origin::CheckOrigin;

/// The layers below `init`.
pub(crate) struct Layers<'a> {
    /// The endpoint's name.
    pub(crate) endpoint: &'static str,
    /// What `endpoint!` declares.
    pub(crate) declared: &'a Settings,
    /// The configuration file.
    pub(crate) file: Option<&'a Path>,
    /// What the caller of `start` wants.
    pub(crate) options: &'a Settings,
    /// What is wrong already with what no layer can change.
    pub(crate) found: Vec<ConfigError>,
}

impl Layers<'_> {
    /// Lays the layers over one another, lets `init` change the result, and checks it. Warnings are logged.
    ///
    /// # Errors
    /// Everything that is wrong, together.
    pub(crate) fn resolve(
        self,
        init: impl FnOnce(Config) -> Result<Config, ConfigError>,
    ) -> Result<Config, ConfigErrors> {
        let mut errors = Vec::new();
        let file = self.file.and_then(|path| File::read(path).map_err(|error| errors.push(error)).ok());
        let below = Below {
            endpoint: self.endpoint,
            declared: self.declared,
            file,
            environment: &|variable| std::env::var(variable),
            options: self.options,
        };
        below.resolve(errors, self.found, init)
    }
}

/// The layers, at hand.
pub(super) struct Below<'a> {
    pub(super) endpoint: &'static str,
    pub(super) declared: &'a Settings,
    pub(super) file: Option<File>,
    pub(super) environment: &'a dyn Fn(&str) -> Result<String, VarError>,
    pub(super) options: &'a Settings,
}

impl Below<'_> {
    pub(super) fn resolve(
        &self,
        mut errors: Vec<ConfigError>,
        found: Vec<ConfigError>,
        init: impl FnOnce(Config) -> Result<Config, ConfigError>,
    ) -> Result<Config, ConfigErrors> {
        let file = self.file.as_ref().map(|file| file.parse(&mut errors));
        let environment = self.environment;
        let mut resolver =
            Resolver { file, environment, errors, missing: Vec::new(), sources: BTreeMap::new() };
        let below = resolver.config(self.declared, self.options);
        let Resolver { mut errors, missing, mut sources, .. } = resolver;

        // What did not resolve would only lead `init` astray.
        let mut config = below.clone();
        if errors.is_empty() {
            match init(config.clone()) {
                Ok(changed) => config = changed,
                Err(error) => errors.push(error.from(Source::Init)),
            }
        }
        for key in changes::between(&below, &config) {
            sources.insert(key, Source::Init);
        }
        let said_by_init =
            |error: &ConfigError| error.key().and_then(|key| sources.get(key)) == Some(&Source::Init);
        errors.extend(missing.into_iter().filter(|error| !said_by_init(error)));
        errors.extend(found);
        self.check(&config, &sources, &mut errors);
        if errors.is_empty() {
            return Ok(config);
        }
        errors.sort_by_key(ConfigError::rank);
        Err(ConfigErrors::new(self.endpoint, errors))
    }

    fn check(&self, config: &Config, sources: &BTreeMap<String, Source>, errors: &mut Vec<ConfigError>) {
        for finding in validate::findings(config) {
            match finding {
                Finding::Error(key, error) => errors.push(located(error, key, sources)),
                Finding::Warning(key, error) => {
                    tracing::warn!(endpoint = self.endpoint, "{}", located(error, key, sources));
                }
            }
        }
    }
}

fn located(error: ConfigError, key: String, sources: &BTreeMap<String, Source>) -> ConfigError {
    let source = sources.get(&key).cloned().unwrap_or(Source::Default);
    error.at(&key, source)
}

struct Resolver<'a> {
    file: Option<Parsed<'a>>,
    environment: &'a dyn Fn(&str) -> Result<String, VarError>,
    errors: Vec<ConfigError>,
    /// Variables that are not set, where nothing else says the key. `init` still may.
    missing: Vec<ConfigError>,
    sources: BTreeMap<String, Source>,
}

impl Resolver<'_> {
    fn config(&mut self, declared: &Settings, options: &Settings) -> Config {
        let defaults = Config::default();
        let http = self.http(declared.http.as_ref(), options.http.as_ref());
        let server = self.pick("server", &declared.server, &options.server);
        Config {
            url: self.url("url", &declared.url, &options.url),
            static_url: self.static_url(declared.static_url.as_ref(), options.static_url.as_ref()),
            secret_key_base: self.pick(
                "secret_key_base",
                &declared.secret_key_base,
                &options.secret_key_base,
            ),
            check_origin: self
                .pick("check_origin", &declared.check_origin, &options.check_origin)
                .unwrap_or(CheckOrigin::Host),
            trusted_proxies: self
                .pick("trusted_proxies", &declared.trusted_proxies, &options.trusted_proxies)
                .unwrap_or(defaults.trusted_proxies),
            pubsub: PubSubConfig {
                queue: self
                    .pick("pubsub.queue", &declared.pubsub.queue, &options.pubsub.queue)
                    .unwrap_or(defaults.pubsub.queue),
                queue_bytes: self
                    .pick("pubsub.queue_bytes", &declared.pubsub.queue_bytes, &options.pubsub.queue_bytes)
                    .unwrap_or(defaults.pubsub.queue_bytes),
            },
            server: server.unwrap_or(http.is_some()),
            http,
            extra: self.extra(&declared.extra, &options.extra),
        }
    }

    fn url(&mut self, group: &str, declared: &Url, options: &Url) -> UrlConfig {
        let defaults = UrlConfig::default();
        let scheme_key = format!("{group}.scheme");
        UrlConfig {
            host: self.pick(&format!("{group}.host"), &declared.host, &options.host).unwrap_or(defaults.host),
            port: self.pick(&format!("{group}.port"), &declared.port, &options.port),
            scheme: self
                .pick(&scheme_key, &declared.scheme, &options.scheme)
                .and_then(|text: String| self.scheme(scheme_key, &text)),
            path: self.pick(&format!("{group}.path"), &declared.path, &options.path).unwrap_or(defaults.path),
        }
    }

    fn scheme(&mut self, key: String, text: &str) -> Option<Scheme> {
        validate::scheme(text).map_err(|error| self.errors.push(located(error, key, &self.sources))).ok()
    }

    fn static_url(&mut self, declared: Option<&Url>, options: Option<&Url>) -> Option<UrlConfig> {
        let present = declared.is_some() || options.is_some() || self.file_has("static_url");
        let (declared, options) = (declared.unwrap_or(&Url::DEFAULT), options.unwrap_or(&Url::DEFAULT));
        present.then(|| self.url("static_url", declared, options))
    }

    fn http(&mut self, declared: Option<&Http>, options: Option<&Http>) -> Option<HttpConfig> {
        let present = declared.is_some() || options.is_some() || self.file_has("http");
        let (d, o) = (declared.unwrap_or(&Http::DEFAULT), options.unwrap_or(&Http::DEFAULT));
        let defaults = HttpConfig::default();
        present.then(|| HttpConfig {
            ip: self.pick("http.ip", &d.ip, &o.ip).unwrap_or(defaults.ip),
            port: self.pick("http.port", &d.port, &o.port),
            header_timeout: self
                .pick("http.header_timeout", &d.header_timeout, &o.header_timeout)
                .unwrap_or(defaults.header_timeout),
            idle_timeout: self
                .pick("http.idle_timeout", &d.idle_timeout, &o.idle_timeout)
                .unwrap_or(defaults.idle_timeout),
            shutdown_timeout: self
                .pick("http.shutdown_timeout", &d.shutdown_timeout, &o.shutdown_timeout)
                .unwrap_or(defaults.shutdown_timeout),
            max_headers: self
                .pick("http.max_headers", &d.max_headers, &o.max_headers)
                .unwrap_or(defaults.max_headers),
            max_head_bytes: self
                .pick("http.max_head_bytes", &d.max_head_bytes, &o.max_head_bytes)
                .unwrap_or(defaults.max_head_bytes),
            max_connections: self.pick("http.max_connections", &d.max_connections, &o.max_connections),
            max_connections_per_ip: self.pick(
                "http.max_connections_per_ip",
                &d.max_connections_per_ip,
                &o.max_connections_per_ip,
            ),
        })
    }

    fn file_has(&self, group: &str) -> bool {
        self.file.as_ref().is_some_and(|file| file.has_group(group))
    }

    /// Tables are laid over one another key by key, so every layer counts and not the topmost alone.
    fn extra(&mut self, declared: &[ExtraSetting], options: &[ExtraSetting]) -> Map<String, Json> {
        let mut layers = vec![given(declared)];
        let names = self.file.iter().flat_map(|file| file.names("extra")).collect::<Vec<_>>();
        layers.push(names.into_iter().filter_map(|name| self.file_extra(name)).collect());
        layers.push(self.variables(declared));
        layers.push(given(options));
        layers.push(self.variables(options));

        let mut all = Json::Object(Map::new());
        for (key, Extra(value)) in layers.into_iter().flatten() {
            extra::overlay(&mut all, Json::Object(Map::from_iter([(key, value)])));
        }
        let Json::Object(all) = all else { return Map::new() };
        for (key, setting) in declared.iter().chain(options) {
            if !all.contains_key(key) {
                self.report_missing(&format!("extra.{key}"), setting);
            }
        }
        all
    }

    fn file_extra(&mut self, name: String) -> Option<(String, Extra)> {
        let key = format!("extra.{name}");
        let (value, source) = self.in_file(&key)?;
        match value {
            Ok(value) => Some((name, value)),
            Err(error) => {
                self.errors.push(error.at(&key, source));
                None
            }
        }
    }

    fn variables(&mut self, settings: &[ExtraSetting]) -> Vec<(String, Extra)> {
        let mut read = Vec::new();
        for (name, setting) in settings {
            let key = format!("extra.{name}");
            match self.in_environment(&key, setting) {
                Some((Ok(value), _)) => read.push((name.clone(), value)),
                Some((Err(error), source)) => self.errors.push(error.at(&key, source)),
                None => {}
            }
        }
        read
    }

    /// The value of one key, from the topmost layer that says it.
    fn pick<T: Value + Clone>(
        &mut self,
        key: &str,
        declared: &Setting<T>,
        options: &Setting<T>,
    ) -> Option<T> {
        let found = self
            .in_environment(key, options)
            .or_else(|| Some((Ok(options.value.clone()?), Source::Options)))
            .or_else(|| self.in_environment(key, declared))
            .or_else(|| self.in_file(key))
            .or_else(|| {
                let source = declared.location.map_or(Source::Default, Source::Macro);
                Some((Ok(declared.value.clone()?), source))
            });
        match found {
            Some((Ok(value), source)) => {
                self.sources.insert(key.to_owned(), source);
                return Some(value);
            }
            Some((Err(error), source)) => self.errors.push(error.at(key, source)),
            None => {
                self.report_missing(key, options);
                self.report_missing(key, declared);
            }
        }
        None
    }

    fn in_environment<T: Value>(&self, key: &str, setting: &Setting<T>) -> Option<Found<T>> {
        let variable = setting.variable?;
        let value = match (self.environment)(variable) {
            Ok(text) => T::from_text(Key(key), text),
            Err(VarError::NotPresent) => return None,
            Err(VarError::NotUnicode(_)) => Err(ConfigError::new(format!("`{variable}` is not UTF-8"))),
        };
        Some((value, Source::Env(variable)))
    }

    fn in_file<T: Value>(&self, key: &str) -> Option<Found<T>> {
        let (value, source) = self.file.as_ref()?.get(key)?;
        Some((T::read_toml(Key(key), value), source))
    }

    fn report_missing<T>(&mut self, key: &str, setting: &Setting<T>) {
        let (Some(variable), Some(at)) = (setting.variable, setting.location) else { return };
        let error = ConfigError::new(format!("the environment variable `{variable}` is not set"))
            .help(format!("set it, or say what stands in for it: `env(\"{variable}\").or(..)`"));
        self.missing.push(error.at(key, Source::Macro(at)));
    }
}

type Found<T> = (Result<T, ConfigError>, Source);
type ExtraSetting = (String, Setting<Extra>);

fn given(settings: &[ExtraSetting]) -> Vec<(String, Extra)> {
    settings.iter().filter_map(|(key, setting)| Some((key.clone(), setting.value.clone()?))).collect()
}
