//! NATS as the configuration describes it.

use std::sync::Arc;

use crate::{
    config::NatsConfig,
    error::Error,
    pubsub::adapter::{Adapter, Nats},
};

/// The adapter that the configuration names.
pub(super) fn configured(config: Option<&NatsConfig>) -> Result<Option<Arc<dyn Adapter>>, Error> {
    let Some(config) = config else {
        return Ok(None);
    };
    let mut servers = config.url.iter().cloned();
    let first = servers.next().ok_or_else(|| wrong("`url` is empty"))?;
    let mut nats = servers.fold(Nats::new(first), Nats::server);
    if let Some(file) = &config.credentials {
        nats = nats.credentials(file);
    }
    nats = match (&config.user, &config.password) {
        (Some(user), Some(password)) => nats.user(user, password.clone()),
        (None, None) => nats,
        (Some(_), None) => return Err(wrong("`user` has no `password`; help: set both")),
        (None, Some(_)) => return Err(wrong("`password` has no `user`; help: set both")),
    };
    if let Some(token) = &config.token {
        nats = nats.token(token.clone());
    }
    let Some(tls) = &config.tls else {
        return Ok(Some(Arc::new(nats)));
    };
    nats = tls.ca.iter().fold(nats.tls(), Nats::root_certificates);
    nats = match (&tls.cert, &tls.key) {
        (Some(certificate), Some(key)) => nats.client_certificate(certificate, key),
        (None, None) => nats,
        _ => return Err(wrong("`tls` has one of `cert` and `key`; help: set both")),
    };
    Ok(Some(Arc::new(nats)))
}

fn wrong(why: &'static str) -> Error {
    Error::broker("nats", why)
}
