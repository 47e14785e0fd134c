//! Settings of other libraries.

mod read;
mod text;
mod wrong;

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    ConfigError, Provenance, Setting,
    finding::Findings,
    item::Item,
    key::Key,
    open::{self, Given, Open, OpenLayer},
    resolver::{Resolver, Sources},
    row::{Changes, Resolve},
    shape::{Layered, Shape, When},
    value::{self, parse_integer},
};

/// A value of `extra(..)`, of a type that both JSON and TOML have.
#[derive(Clone, Debug, PartialEq)]
pub struct Extra(pub(super) Value);

impl Extra {
    /// A table, by key. If a key is given twice, the last one wins.
    pub fn table<K: Into<String>, V: Into<Extra>>(
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let entries = entries
            .into_iter()
            .map(|(key, value)| (key.into(), value.into().0));
        Extra(Value::Object(entries.collect::<Map<_, _>>()))
    }
}

impl From<serde_json::Value> for Extra {
    fn from(value: serde_json::Value) -> Self {
        Extra(value)
    }
}

impl From<&str> for Extra {
    fn from(text: &str) -> Self {
        Extra(text.into())
    }
}

impl From<String> for Extra {
    fn from(text: String) -> Self {
        Extra(text.into())
    }
}

impl From<bool> for Extra {
    fn from(value: bool) -> Self {
        Extra(value.into())
    }
}

impl From<i32> for Extra {
    fn from(number: i32) -> Self {
        Extra(number.into())
    }
}

impl From<i64> for Extra {
    fn from(number: i64) -> Self {
        Extra(number.into())
    }
}

impl From<u64> for Extra {
    fn from(number: u64) -> Self {
        Extra(number.into())
    }
}

impl From<f64> for Extra {
    fn from(number: f64) -> Self {
        Extra(number.into())
    }
}

impl<T: Into<Extra>> From<Vec<T>> for Extra {
    fn from(items: Vec<T>) -> Self {
        Extra(Value::Array(
            items.into_iter().map(|item| item.into().0).collect(),
        ))
    }
}

impl<T: Into<Extra>, const N: usize> From<[T; N]> for Extra {
    fn from(items: [T; N]) -> Self {
        Vec::from(items).into()
    }
}

impl value::Value for Extra {
    const TAKES: &'static str = "a value";

    fn from_text(_: Key<'_>, text: String) -> Result<Self, ConfigError> {
        Ok(text.into())
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
        Some(json(key, value).map(Extra))
    }
}

fn json(key: Key<'_>, value: &Item) -> Result<Value, ConfigError> {
    Ok(match value {
        Item::String(text) => text.as_str().into(),
        Item::Integer(digits, radix) => match parse_integer::<i64>(key, digits, *radix)? {
            Some(number) => number.into(),
            None => {
                return Err(ConfigError::new(format!(
                    "`{key}` has a number that is too large"
                )));
            }
        },
        Item::Float(number) => number.parse::<f64>().map_or(Value::Null, Value::from),
        Item::Boolean(value) => (*value).into(),
        Item::Datetime(date) => date.as_str().into(),
        Item::Array(items) => items
            .iter()
            .map(|item| json(key, item))
            .collect::<Result<Vec<_>, ConfigError>>()?
            .into(),
        Item::Table(table) => {
            let mut object = Map::new();
            for (name, value) in table {
                object.insert(name.clone(), json(key, value)?);
            }
            object.into()
        }
    })
}

/// `extra(..)` of one layer.
#[derive(Clone, Default)]
pub struct Extras(pub(super) Vec<(String, Setting<Extra>)>);

/// Shows only the keys: other libraries may keep their secrets there.
impl fmt::Debug for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.0.iter().map(|(key, _)| key))
            .finish()
    }
}

impl OpenLayer for Extras {
    type Value = Extra;

    fn given(&self, source: Option<Provenance>) -> Vec<Given<Extra>> {
        let given = |(name, setting): &(String, Setting<Extra>)| {
            Some(Given {
                name: name.clone(),
                value: setting.value.clone()?,
                source: open::source(source.as_ref(), setting.location),
            })
        };
        self.0.iter().filter_map(given).collect()
    }

    fn variables(&self, key: Key<'_>, resolver: &mut Resolver<'_>) -> Vec<Given<Extra>> {
        let variable = |(name, setting): &(String, Setting<Extra>)| {
            Some(Given {
                name: name.clone(),
                value: resolver.read_environment(Key(&key.below(name)), setting)?,
                source: Provenance::Env(setting.variable?),
            })
        };
        self.0.iter().filter_map(variable).collect()
    }
}

/// The resolved `extra(..)`.
#[derive(Clone, Default)]
pub(super) struct ExtraConfig {
    values: Map<String, Value>,
    /// The source of each value, by the whole key, such as `extra.mailer.port`.
    sources: Sources,
}

/// The key of a setting for messages.
fn whole(key: &str) -> String {
    Key("extra").below(key)
}

impl ExtraConfig {
    pub(super) fn get<T: DeserializeOwned>(&self, key: &str) -> Result<T, ConfigError> {
        let root = whole(key);
        let is_text = matches!(self.sources.get(&root), Some(Provenance::Env(_)));
        read::read(&self.value(key).0, is_text).map_err(|wrong| {
            if !self.values.contains_key(key) {
                return ConfigError::new(format!("`{key}` is not set"))
                    .help("read it as an `Option` if it need not be set")
                    .at(&root, Provenance::Default);
            }
            let (key, error) = wrong.at(&root);
            error.at(&key, self.source(&key))
        })
    }

    /// A setting, or null if no layer sets it.
    pub(super) fn value(&self, key: &str) -> Extra {
        Extra(self.values.get(key).cloned().unwrap_or_default())
    }

    pub(super) fn set(&mut self, key: String, Extra(value): Extra) {
        note(&mut self.sources, whole(&key), &value, &Provenance::Init);
        self.values.insert(key, value);
    }

    /// The source of a value, or of the table that it is a part of.
    fn source(&self, key: &str) -> Provenance {
        let mut part = Some(key);
        while let Some(key) = part {
            if let Some(source) = self.sources.get(key) {
                return source.clone();
            }
            part = key.rfind(['.', '[']).and_then(|end| key.get(..end));
        }
        Provenance::Default
    }
}

/// Tables are merged key by key, so every layer counts, not only the topmost.
impl Open<Extra> for ExtraConfig {
    fn clear(&mut self) {
        self.values.clear();
        self.sources = Sources::default();
    }

    fn put(&mut self, given: Given<Extra>) {
        let Extra(value) = given.value;
        note(&mut self.sources, whole(&given.name), &value, &given.source);
        overlay(self.values.entry(given.name).or_insert(Value::Null), value);
    }

    fn lines(&mut self, lines: Vec<(String, Provenance)>) {
        for (key, source) in lines {
            self.sources.note(key, source);
        }
    }
}

/// Notes the source of a value and all its parts, in place of those of the value that it replaces.
fn note(sources: &mut Sources, key: String, value: &Value, source: &Provenance) {
    if let Value::Object(table) = value {
        for (name, value) in table {
            note(sources, Key(&key).below(name), value, source);
        }
    } else {
        sources.forget(&format!("{key}."));
    }
    sources.note(key, source.clone());
}

/// Shows only the keys: other libraries may keep their secrets there.
impl fmt::Debug for ExtraConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

impl Layered for Extras {
    const UNSET: Self = Extras(Vec::new());
    const SHAPE: Shape = Shape::Open;
}

impl Resolve<ExtraConfig> for Extras {
    fn resolve(
        key: Key<'_>,
        declared: &Self,
        options: &Self,
        _: ExtraConfig,
        resolver: &mut Resolver<'_>,
    ) -> ExtraConfig {
        let mut all = ExtraConfig::default();
        open::merge(key, declared, options, &mut all, resolver);
        for (name, setting) in declared.0.iter().chain(&options.0) {
            if !all.values.contains_key(name) {
                resolver.report_missing(Key(&key.below(name)), setting);
            }
        }
        all
    }

    fn compare(
        key: Key<'_>,
        when: When,
        before: Option<&ExtraConfig>,
        after: Option<&ExtraConfig>,
        changes: &mut Changes,
    ) {
        let mut names: Vec<&str> = Vec::new();
        for config in [before, after].into_iter().flatten() {
            names.extend(config.values.keys().map(String::as_str));
        }
        names.sort_unstable();
        names.dedup();
        for name in names {
            let [before, after] = [before, after].map(|config| config?.values.get(name));
            if before != after {
                changes.push(Key(&key.below(name)), when);
            }
        }
    }

    fn check(_: Key<'_>, _: &ExtraConfig, _: &mut Findings) {}
}

/// Merges a value over another: tables key by key, everything else as a whole.
fn overlay(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                overlay(below.entry(key).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}
