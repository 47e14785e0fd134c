//! The gate of an endpoint: before sockets and plugs, it rewrites requests as their proxies
//! describe them, and redirects those that did not come over TLS.

use http::{HeaderValue, Request};

use crate::{
    arrival::{self, Forwarded},
    force_ssl::{ForceSsl, Passage},
    handle::Handle,
};

/// The first step of an endpoint for each request.
pub(super) struct Gate {
    rewrite_on: Vec<Forwarded>,
    force: Option<ForceSsl>,
    hsts: Option<HeaderValue>,
}

impl Gate {
    /// `None` if nothing is declared.
    pub(super) fn new(rewrite_on: &[Forwarded], force: Option<ForceSsl>) -> Option<Self> {
        let all = [rewrite_on, force.map_or(&[], |force| force.rewrite_on)].concat();
        let declared = !all.is_empty() || force.is_some();
        declared.then(|| Gate {
            rewrite_on: all,
            force,
            hsts: force.and_then(|force| force.header()),
        })
    }

    pub(super) fn hsts(&self) -> Option<&HeaderValue> {
        self.hsts.as_ref()
    }

    pub(super) fn pass<B>(&self, request: &mut Request<B>, handle: &Handle) -> Passage {
        if !self.rewrite_on.is_empty() {
            arrival::rewrite(request, &self.rewrite_on, &handle.config().trusted_proxies);
        }
        match &self.force {
            None => Passage::Free,
            Some(force) => force.pass(request, handle),
        }
    }
}
