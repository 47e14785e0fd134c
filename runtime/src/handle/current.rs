//! The configuration that an endpoint runs with. It is immutable: a reload replaces all of it.

use std::sync::Arc;

use crate::{
    assets::{Statics, known::StaticFiles},
    config::{Config, Resolved},
    crypto::Keys,
    origin::{CheckOrigin, OriginCheck},
    url::{Ports, Urls},
};

/// The configuration, and everything derived from it.
#[derive(Clone)]
pub(crate) struct Current {
    pub(super) resolved: Resolved,
    pub(super) urls: Arc<Urls>,
    pub(super) statics: Arc<Statics>,
    pub(super) keys: Option<Keys>,
    pub(super) origins: Arc<Origins>,
}

impl Current {
    /// The value at the start, when the endpoint does not listen yet.
    pub(super) fn first(resolved: Resolved, files: StaticFiles) -> Self {
        let statics = Statics::or_told(&resolved.config, files);
        let keys = resolved.config.secret_key_base.clone().map(Keys::new);
        Current::new(resolved, statics.into(), keys, Ports::default())
    }

    /// The value after a reload. The keys stay the same, so that earlier signatures stay valid.
    pub(super) fn followed_by(&self, next: Resolved, statics: Arc<Statics>, ports: Ports) -> Self {
        Current::new(next, statics, self.keys.clone(), ports)
    }

    pub(super) fn listening_on(&self, ports: Ports) -> Self {
        Current {
            urls: Urls::new(&self.resolved.config, ports).into(),
            ..self.clone()
        }
    }

    fn new(resolved: Resolved, statics: Arc<Statics>, keys: Option<Keys>, ports: Ports) -> Self {
        Current {
            urls: Urls::new(&resolved.config, ports).into(),
            origins: Origins::of(&resolved.config).into(),
            resolved,
            statics,
            keys,
        }
    }
}

/// The web pages that may open a socket, for mounts without a list of their own.
#[derive(Debug)]
pub(crate) struct Origins {
    /// Pages of the host of `url`.
    pub(crate) host: OriginCheck,
    /// Pages that `check_origin` allows.
    pub(crate) configured: OriginCheck,
}

impl Origins {
    fn of(config: &Config) -> Self {
        let host = Some(config.url.host.as_str());
        let compile = |check| {
            let compiled = OriginCheck::compile::<Vec<String>, _>(check, host);
            // An invalid entry is reported elsewhere. Here it allows nobody.
            compiled.unwrap_or(OriginCheck::List(Vec::new()))
        };
        Origins {
            host: compile(&CheckOrigin::Host),
            configured: compile(&config.check_origin),
        }
    }
}
