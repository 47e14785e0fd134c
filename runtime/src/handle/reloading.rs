//! How the configuration is read again, as the handle holds it.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::{runtime, sync::Semaphore};

use crate::{
    assets::Statics,
    config::{ConfigError, ConfigErrors, Resolved, Settings},
};

/// How an endpoint's configuration is read again.
pub(crate) trait Reload: Send + Sync {
    /// Reads all layers, with these start options, and compares them with those that the endpoint
    /// runs with. It changes nothing yet.
    ///
    /// # Errors
    /// Everything that is wrong, including changes of keys that must not change.
    fn read(
        &self,
        before: &Resolved,
        statics: &Statics,
        options: &Settings,
    ) -> Result<Next, ConfigErrors>;

    /// Reads the files of the certificates again.
    ///
    /// # Errors
    /// Everything that is wrong with the files; nothing has changed then.
    fn certificates(&self) -> Result<(), Vec<ConfigError>>;
}

/// A configuration that was read and not yet put into effect.
pub(crate) struct Next {
    pub(crate) resolved: Resolved,
    pub(crate) statics: Statics,
    /// Replaces what the handle does not hold, such as certificates.
    pub(crate) commit: Box<dyn FnOnce()>,
}

/// How an endpoint is reloaded, and the lock that orders reloads.
pub(super) struct Reloading {
    pub(super) how: OnceLock<How>,
    /// One reload at a time.
    pub(super) turn: Arc<Semaphore>,
}

pub(super) struct How {
    pub(super) reload: Arc<dyn Reload>,
    pub(super) runtime: runtime::Handle,
    /// The options given at start, as reloads have changed them.
    pub(super) options: Mutex<Settings>,
}

impl Default for Reloading {
    fn default() -> Self {
        Reloading {
            how: OnceLock::new(),
            turn: Arc::new(Semaphore::new(1)),
        }
    }
}

impl How {
    pub(super) fn options(&self) -> MutexGuard<'_, Settings> {
        self.options.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
