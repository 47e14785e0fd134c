//! Stands in for `file` if the feature `config-file` is off: no file is read.

use std::{convert::Infallible, path::Path};

use super::{ConfigError, Provenance, item::Item, key::Key, shape::Names};
use crate::feature::Feature;

/// There is none.
pub(super) struct File(Infallible);

/// There is none.
pub(super) struct Parsed<'a>(&'a File);

impl File {
    pub(super) fn read(_: &Path) -> Result<Self, ConfigError> {
        Err(Feature::CONFIG_FILE.into())
    }

    pub(super) fn parse(&self, _: &'static str, _: Names, _: &mut Vec<ConfigError>) -> Parsed<'_> {
        Parsed(self)
    }
}

impl Parsed<'_> {
    pub(super) fn is_whole(&self) -> bool {
        match self.0.0 {}
    }

    pub(super) fn get(&self, _: Key<'_>, _: &str) -> Option<(Item, Provenance)> {
        match self.0.0 {}
    }

    pub(super) fn turned_off(&self, _: Key<'_>) -> Option<Provenance> {
        match self.0.0 {}
    }

    pub(super) fn group(&self, _: Key<'_>) -> Option<Provenance> {
        match self.0.0 {}
    }

    pub(super) fn entries(&self, _: Key<'_>) -> Vec<(String, Item, Provenance)> {
        match self.0.0 {}
    }

    pub(super) fn lines(&self, _: Key<'_>) -> Vec<(String, Provenance)> {
        match self.0.0 {}
    }
}
