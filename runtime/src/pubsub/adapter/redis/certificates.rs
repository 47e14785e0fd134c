//! The certificates of connections: whom the node trusts, and what it shows.

use std::path::PathBuf;

use crate::pubsub::adapter::ConnectError;

/// Paths of files in PEM format.
#[derive(Clone, Debug, Default)]
pub(super) struct Certificates {
    /// Authorities that sign the certificates of servers. Without any: those of the system.
    pub(super) authorities: Vec<PathBuf>,
    /// The node's own certificate, and its key.
    pub(super) own: Option<(PathBuf, PathBuf)>,
}

impl Certificates {
    pub(super) fn are_set(&self) -> bool {
        !self.authorities.is_empty() || self.own.is_some()
    }

    /// Reports certificates beside a URL without TLS.
    pub(super) fn are_needless(&self, key: &str) -> Result<(), ConnectError> {
        if self.are_set() {
            let why = format!(
                "`tls` has no effect on a URL of `{key}` that is not `rediss://`; help: write `rediss://host:port`"
            );
            return Err(ConnectError::Refused(why));
        }
        Ok(())
    }
}
