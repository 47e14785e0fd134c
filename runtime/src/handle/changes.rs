//! Waiting for the next configuration.

use std::{fmt, marker::PhantomData, sync::Arc};

use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Current, Handle};
use crate::config::{Config, ConfigError, Extra};

/// The future configurations of an endpoint: [`Handle::changes`].
///
/// It does not queue them: a caller that has missed some gets the last one.
pub struct Changes {
    current: watch::Receiver<Arc<Current>>,
    stop: CancellationToken,
}

/// The future values of the application's own settings under a key of `extra`: [`Changes::extra`].
///
/// Like [`Changes`], it does not queue them.
pub struct ExtraChanges<T> {
    changes: Changes,
    key: String,
    seen: Extra,
    values: PhantomData<fn() -> T>,
}

impl Handle {
    /// The future configurations, one for each [`reload`](Handle::reload) that changes a key.
    pub fn changes(&self) -> Changes {
        Changes {
            current: self.0.current.subscribe(),
            stop: self.0.stop.clone(),
        }
    }
}

impl Changes {
    /// Waits until the configuration has changed since the last call, or since this was made.
    /// Returns `None` when the endpoint stops.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Arc<Config>> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            changed = self.current.changed() => {
                changed.ok()?;
                Some(self.current.borrow_and_update().resolved.config.clone())
            }
        }
    }

    /// The application's own settings under this key of `extra`, as a type of its own: as
    /// [`Config::extra`] reads them. If no layer sets the key, an `Option` is `None`.
    ///
    /// ```
    /// # use landfall::{Handle, config::ConfigError};
    /// #[derive(serde::Deserialize)]
    /// struct Limits {
    ///     uploads: usize,
    /// }
    ///
    /// async fn obey(handle: Handle) -> Result<(), ConfigError> {
    ///     let mut limits = handle.changes().extra::<Limits>("limits");
    ///     let mut now = limits.current()?;
    ///     loop {
    ///         println!("{} uploads at a time", now.uploads);
    ///         match limits.next().await {
    ///             Some(next) => now = next?,
    ///             None => return Ok(()),
    ///         }
    ///     }
    /// }
    /// # let _ = obey;
    /// ```
    pub fn extra<T: DeserializeOwned>(self, key: impl Into<String>) -> ExtraChanges<T> {
        let key = key.into();
        let seen = self.current.borrow().resolved.config.extra_value(&key);
        ExtraChanges {
            changes: self,
            key,
            seen,
            values: PhantomData,
        }
    }
}

impl<T: DeserializeOwned> ExtraChanges<T> {
    /// The current settings. [`next`](ExtraChanges::next) then waits for a change.
    ///
    /// # Errors
    /// When they are not of the type. A reload to such settings succeeds, unless `init` checks
    /// them.
    pub fn current(&mut self) -> Result<T, ConfigError> {
        let config = self
            .changes
            .current
            .borrow_and_update()
            .resolved
            .config
            .clone();
        self.seen = config.extra_value(&self.key);
        config.extra(&self.key)
    }

    /// Waits until the settings have changed since the last call, or since this was made. Returns
    /// `None` when the endpoint stops.
    ///
    /// # Errors
    /// As for [`current`](ExtraChanges::current).
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<T, ConfigError>> {
        loop {
            let config = self.changes.next().await?;
            let value = config.extra_value(&self.key);
            if value != self.seen {
                self.seen = value;
                return Some(config.extra(&self.key));
            }
        }
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Changes")
    }
}

/// Leaves out the settings, which may be secret.
impl<T> fmt::Debug for ExtraChanges<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ExtraChanges").field(&self.key).finish()
    }
}
