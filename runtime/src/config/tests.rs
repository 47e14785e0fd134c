//! Layers, with an environment and a file that exist only in these tests.

mod extras;
mod files;
mod findings;
mod groups;
mod keys;
mod kinds;
mod layers;
mod missing;
mod places;

use std::{env::VarError, net::IpAddr, path::Path, time::Duration};

use proptest::prelude::*;

use super::{resolve::Below, *};
use crate::origin::CheckOrigin;

/// One endpoint's layers.
#[derive(Default)]
struct Case {
    declared: Settings,
    file: Option<&'static str>,
    environment: &'static [(&'static str, &'static str)],
    options: Settings,
}

impl Case {
    fn resolve(self) -> Result<Config, ConfigErrors> {
        self.resolve_with(Ok)
    }

    fn resolve_with(
        self,
        init: impl FnOnce(Config) -> Result<Config, ConfigError>,
    ) -> Result<Config, ConfigErrors> {
        let resolved = self.resolve_after(None, init)?;
        Ok(Config::clone(&resolved.config))
    }

    /// Resolves them as a running endpoint does, whose configuration is `before`.
    fn resolve_after(
        self,
        before: Option<&Resolved>,
        init: impl FnOnce(Config) -> Result<Config, ConfigError>,
    ) -> Result<Resolved, ConfigErrors> {
        let file = self
            .file
            .map(|text| file::File::new(Path::new("landfall.toml"), text.to_owned()));
        let environment = |name: &str| {
            let found = self
                .environment
                .iter()
                .find(|(variable, _)| *variable == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        };
        let Case {
            declared, options, ..
        } = &self;
        Below {
            endpoint: "Chat",
            declared,
            file,
            environment: &environment,
            options,
            before,
            examine: &|_| Vec::new(),
        }
        .resolve(Vec::new(), Vec::new(), init)
    }

    fn config(self) -> Config {
        self.resolve().unwrap_or_else(|errors| panic!("{errors}"))
    }

    /// Each error with the source of its value, without help.
    fn findings(self) -> Vec<String> {
        let errors = self.resolve().expect_err("something should be wrong");
        errors
            .iter()
            .map(|error| error.to_string().lines().take(1).collect())
            .collect()
    }
}

fn file(text: &'static str) -> Case {
    Case {
        file: Some(text),
        ..Case::default()
    }
}

fn port(port: Setting<u16>) -> Settings {
    Settings {
        http: Group::on(Http {
            port,
            ..Http::DEFAULT
        }),
        ..Settings::default()
    }
}

fn listens_on(case: Case) -> Option<u16> {
    case.config().http.map(|http| http.port)
}

/// A secret that only an unset variable sets.
fn secret_of_a_variable(file: Option<&'static str>) -> Case {
    Case {
        declared: Settings {
            secret_key_base: Setting::env("SECRET_KEY_BASE"),
            ..Settings::default()
        },
        file,
        ..Case::default()
    }
}
