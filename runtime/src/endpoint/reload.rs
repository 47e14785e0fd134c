//! How the configuration of an endpoint is read: at the start, and while it runs.

use std::{any::TypeId, cell::RefCell, marker::PhantomData, path::PathBuf};

#[cfg(feature = "rustls")]
use super::secure;
use super::{Endpoint, EndpointDef, listening::Layers};
use crate::{
    assets::{Statics, known::StaticFiles},
    config::{self, Config, ConfigError, ConfigErrors, Resolved, Settings, check_list},
    feature::Feature,
    grammar,
    handle::{Next, Reload},
    origin::CheckOrigin,
    server::Layer,
    transport::{Mount, MountError, WeakDispatcher},
};

/// Checks what a configuration names, such as files. Each error says which key it is about.
pub(super) type Examine<'a> = dyn Fn(&Config) -> Vec<ConfigError> + 'a;

/// The sources of an endpoint's layers.
pub(super) struct Layered<'a> {
    pub(super) file: Option<&'a std::path::Path>,
    pub(super) options: &'a Settings,
    /// The current configuration, if the endpoint runs.
    pub(super) before: Option<&'a Resolved>,
    /// Errors in the declaration that are known already.
    pub(super) found: Vec<ConfigError>,
}

impl Layered<'_> {
    /// Reads all layers.
    pub(super) fn read<E: Endpoint>(self, examine: &Examine<'_>) -> Result<Resolved, ConfigErrors> {
        let init = |config| E::init(config).map_err(ConfigError::of_init);
        let state = TypeId::of::<E::State>();
        self.read_with(E::DEF, state, &E::settings(), &init, examine)
    }

    /// The same without a type of the application: it is compiled once, with this crate.
    fn read_with(
        self,
        def: &EndpointDef,
        state: TypeId,
        declared: &Settings,
        init: &dyn Fn(Config) -> Result<Config, ConfigError>,
        examine: &Examine<'_>,
    ) -> Result<Resolved, ConfigErrors> {
        let mounts = def.mounts.iter();
        let layers = config::Layers {
            endpoint: def.name,
            declared,
            file: self.file,
            options: self.options,
            found: mounts
                .flat_map(|mount| mount_findings(def.name, state, mount))
                .chain(self.found)
                .chain(dashboard_findings(def))
                .collect(),
            before: self.before,
            examine: &|config| {
                let mut found = examine(config);
                found.extend(nobody_is_believed(def, config));
                found
            },
        };
        layers.resolve(init)
    }
}

/// Reads the configuration of a running endpoint again.
pub(super) struct Reader<E> {
    pub(super) file: Option<PathBuf>,
    pub(super) layer: Layer,
    /// Whether the endpoint opens the listener of `https` that its configuration has.
    pub(super) https: bool,
    pub(super) mounts: WeakDispatcher,
    pub(super) endpoint: PhantomData<fn() -> E>,
}

impl<E: Endpoint> Reload for Reader<E> {
    fn read(
        &self,
        before: &Resolved,
        statics: &Statics,
        options: &Settings,
    ) -> Result<Next, ConfigErrors> {
        let (layers, read) = (Layers::new(self.https), RefCell::new(None));
        let layered = Layered {
            file: self.file.as_deref(),
            options,
            before: Some(before),
            // Drainers are as they were at the start.
            found: Vec::new(),
        };
        let resolved = layered.read::<E>(&|config| {
            let mut found = layers.examine(config);
            found.extend(self.mount_errors(config));
            // A loaded manifest is not replaced by that of the build, or by one that cannot be read.
            let files = match statics.has_manifest() {
                true => StaticFiles::UNKNOWN,
                false => E::STATIC_FILES,
            };
            match Statics::of(config, files) {
                Err(unread) if statics.has_manifest() => {
                    let error = ConfigError::new(unread.to_string());
                    found.push(error.about("cache_static_manifest"));
                }
                statics => *read.borrow_mut() = statics.ok(),
            }
            found
        })?;
        let statics = read.into_inner();
        let (layer, next) = (self.layer.clone(), layers.into_inner());
        Ok(Next {
            statics: statics.unwrap_or_else(|| Statics::or_told(&resolved.config, E::STATIC_FILES)),
            resolved,
            commit: Box::new(move || layer.follow(&next)),
        })
    }

    fn certificates(&self) -> Result<(), Vec<ConfigError>> {
        #[cfg(feature = "rustls")]
        return secure::reload(&self.layer);
        #[cfg(not(feature = "rustls"))]
        Ok(())
    }
}

impl<E: Endpoint> Reader<E> {
    fn mount_errors(&self, config: &Config) -> Vec<ConfigError> {
        let mounts = self.mounts.upgrade();
        let errors = mounts.map_or_else(Vec::new, |mounts| mounts.check(config));
        errors.into_iter().map(mount_error).collect()
    }
}

fn mount_error(error: MountError) -> ConfigError {
    let MountError {
        mount,
        key,
        message,
        help,
    } = error;
    let error = help
        .into_iter()
        .fold(ConfigError::new(message), ConfigError::help);
    error.of_mount(key, mount.path, mount.location)
}

pub(super) fn mount_errors(endpoint: &'static str, errors: Vec<MountError>) -> ConfigErrors {
    ConfigErrors::new(endpoint, errors.into_iter().map(mount_error).collect())
}

/// An error if `rewrite_on` would change nothing.
fn nobody_is_believed(def: &EndpointDef, config: &Config) -> Option<ConfigError> {
    let named = !def.rewrite_on.is_empty()
        || def
            .force_ssl
            .is_some_and(|force| !force.rewrite_on.is_empty());
    (named && config.trusted_proxies.is_empty()).then(|| {
        let error = ConfigError::new("`rewrite_on` believes nobody: there are no trusted proxies");
        let error = error.help("`trusted_proxies = [\"10.0.0.0/8\"]`: where the proxy is");
        error.about("trusted_proxies")
    })
}

/// What is wrong with a dashboard. Of constants, the macro tells most of it at compile time.
fn dashboard_findings(def: &EndpointDef) -> Option<ConfigError> {
    let dashboard = def.dashboard?;
    let error = match Feature::DASHBOARD.lacking() {
        Some(Feature { text, help, .. }) => ConfigError::new(text).help(help),
        None => grammar::path::check("path", dashboard.path).err()?.into(),
    };
    Some(error.about("dashboard"))
}

fn mount_findings(
    endpoint: &str,
    state: TypeId,
    mount: &'static Mount,
) -> impl Iterator<Item = ConfigError> + use<> {
    let foreign = ((mount.socket.app)() != state).then(|| {
        let text = format!(
            "`{}` is mounted for another state than that of `{endpoint}`",
            mount.socket.name
        );
        ConfigError::new(text).of_mount("socket", mount.path, mount.location)
    });
    let websocket = mount.websocket.and_then(|websocket| websocket.check_origin);
    let longpoll = mount.longpoll.and_then(|longpoll| longpoll.check_origin);
    let checks = [
        ("check_origin", websocket),
        ("check_origin of longpoll", longpoll),
    ];
    let origins = checks.into_iter().flat_map(move |(key, check)| {
        let errors = match check {
            Some(CheckOrigin::List(list)) => check_list(list),
            _ => Vec::new(),
        };
        errors
            .into_iter()
            .map(move |error| error.of_mount(key, mount.path, mount.location))
    });
    foreign.into_iter().chain(origins)
}
