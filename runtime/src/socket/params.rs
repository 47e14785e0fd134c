//! Query and path parameters, nested, and how they become typed arguments.

use std::fmt;

use serde::de::DeserializeOwned;

/// The parameters of a connection attempt.
#[derive(Clone, Default)]
pub struct Params(Vec<(String, Param)>);

/// One parameter.
#[derive(Clone, PartialEq, Eq)]
pub enum Param {
    /// `a=b`.
    Text(String),
    /// `a[]=b`.
    List(Vec<Param>),
    /// `a[b]=c`.
    Map(Vec<(String, Param)>),
}

/// Why a parameter does not fit its type.
#[derive(Debug)]
pub struct ParamError(String);

impl Params {
    /// The parameter of that name.
    pub fn get(&self, name: &str) -> Option<&Param> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, param)| param)
    }
}

impl Param {
    /// The text of a plain parameter.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Param::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Deserializes the parameter.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ParamError> {
        Err(ParamError(String::new()))
    }
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParamError {}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Params")
    }
}

impl fmt::Debug for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Param")
    }
}
