//! Settings of other libraries.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    Setting,
    resolve::Resolver,
    row::{Layered, Resolve, Shape},
    validate::Findings,
    value::Key,
};

/// A value of `extra(..)`: what JSON and TOML have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Extra(pub(super) Value);

impl Extra {
    /// A table, by key; of keys given twice the last wins.
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

/// `extra(..)` of one layer.
#[derive(Clone, Default)]
pub struct Extras(pub(super) Vec<(String, Setting<Extra>)>);

/// Only the keys: other libraries may keep their secrets there.
impl fmt::Debug for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.0.iter().map(|(key, _)| key))
            .finish()
    }
}

impl Extras {
    /// What the layer itself says, without its variables.
    fn given(&self) -> Vec<(String, Extra)> {
        self.0
            .iter()
            .filter_map(|(key, setting)| Some((key.clone(), setting.value.clone()?)))
            .collect()
    }

    fn variables(&self, key: Key<'_>, resolver: &mut Resolver<'_>) -> Vec<(String, Extra)> {
        let variable = |(name, setting): &(String, Setting<Extra>)| {
            Some((
                name.clone(),
                resolver.read_environment(Key(&key.below(name)), setting)?,
            ))
        };
        self.0.iter().filter_map(variable).collect()
    }
}

/// What comes of `extra(..)`.
#[derive(Clone, Default)]
pub(super) struct ExtraConfig(Map<String, Value>);

impl ExtraConfig {
    pub(super) fn get<T: DeserializeOwned>(&self, key: &str) -> Option<Result<T, ConfigTypeError>> {
        let value = self.0.get(key)?;
        Some(T::deserialize(value).map_err(|error| ConfigTypeError {
            key: key.to_owned(),
            error,
        }))
    }

    pub(super) fn set(&mut self, key: String, value: Extra) {
        self.0.insert(key, value.0);
    }
}

/// Only the keys: other libraries may keep their secrets there.
impl fmt::Debug for ExtraConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Layered for Extras {
    const UNSET: Self = Extras(Vec::new());
    const SHAPE: Shape = Shape::Open;
}

impl Resolve<ExtraConfig> for Extras {
    /// Tables are laid over one another key by key, so every layer counts and not the topmost alone.
    fn resolve(
        key: Key<'_>,
        declared: &Self,
        options: &Self,
        _: ExtraConfig,
        resolver: &mut Resolver<'_>,
    ) -> ExtraConfig {
        let file = resolver.names_in_file(key).into_iter();
        let file = file.filter_map(|name| Some((resolver.read_file(key, &name)?, name)));
        let layers = [
            declared.given(),
            file.map(|(value, name)| (name, value)).collect(),
            declared.variables(key, resolver),
            options.given(),
            options.variables(key, resolver),
        ];
        let mut all = Map::new();
        for (name, Extra(value)) in layers.into_iter().flatten() {
            overlay(all.entry(name).or_insert(Value::Null), value);
        }
        for (name, setting) in declared.0.iter().chain(&options.0) {
            if !all.contains_key(name) {
                resolver.report_missing(Key(&key.below(name)), setting);
            }
        }
        ExtraConfig(all)
    }

    fn compare(
        key: Key<'_>,
        before: Option<&ExtraConfig>,
        after: Option<&ExtraConfig>,
        changed: &mut Vec<String>,
    ) {
        for (name, value) in after.iter().flat_map(|after| &after.0) {
            if before.and_then(|before| before.0.get(name)) != Some(value) {
                changed.push(key.below(name));
            }
        }
    }

    fn check(_: Key<'_>, _: &ExtraConfig, _: &mut Findings) {}
}

/// Lays a value over another: tables key by key, everything else as a whole.
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

/// A setting of another library that is not of the type it wants.
#[derive(Debug)]
pub struct ConfigTypeError {
    key: String,
    error: serde_json::Error,
}

impl fmt::Display for ConfigTypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`extra.{}` is not what it should be", self.key)
    }
}

impl std::error::Error for ConfigTypeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
