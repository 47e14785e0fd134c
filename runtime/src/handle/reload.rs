//! Reading the configuration again.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use tokio::runtime;

use super::{
    Handle,
    reloading::{How, Reload},
};
use crate::{
    config::{ConfigError, ConfigErrors, Settings},
    contain,
    error::Error,
    telemetry::{self, Took},
    url::Ports,
};

impl Handle {
    /// Reads the configuration again: the file, the environment and `init`, under the options that
    /// the endpoint was started with. Everything derived from it changes together: URLs, origins,
    /// the manifest of static files, certificates, [and so
    /// on](macro@crate::endpoint#changing-the-configuration-while-it-runs). Sockets and requests go
    /// on. [`changes`](Handle::changes) are notified.
    ///
    /// One reload runs at a time. If the future is dropped, a reload that has begun to read goes
    /// on.
    ///
    /// # Errors
    /// Everything that is wrong, together, as at the start. That includes keys that cannot change
    /// while the endpoint runs, and a panic of `init`. Nothing has changed then.
    pub async fn reload(&self) -> Result<(), Error> {
        self.reload_with(|_| {}).await
    }

    /// Like [`reload`](Handle::reload), but `set` first changes the options that the endpoint was
    /// started with. Later reloads use the changed options, unless this one fails.
    ///
    /// ```
    /// use landfall::{Endpoint, Error, Handle, config::Setting};
    ///
    /// async fn move_to(handle: &Handle, host: String) -> Result<(), Error> {
    ///     handle.reload_with(|settings| settings.url.host = Setting::given(host)).await
    /// }
    /// # let _ = move_to;
    /// ```
    ///
    /// # Errors
    /// As for [`reload`](Handle::reload).
    pub async fn reload_with(&self, set: impl FnOnce(&mut Settings) + Send) -> Result<(), Error> {
        let turn = self.0.reloading.turn.clone().acquire_owned().await;
        let how = self.how()?;
        let mut options = how.options().clone();
        set(&mut options);
        let handle = self.clone();
        let reload = how.runtime.spawn_blocking(move || {
            let _turn = turn;
            handle.reload_timed(options)
        });
        match reload.await {
            Ok(reloaded) => reloaded.map_err(Error::from),
            // The runtime that the endpoint was started in is being shut down.
            Err(_) => Err(Error::no_runtime()),
        }
    }

    /// Reads the certificates and keys of `https` again, as [`reload`](Handle::reload) does, and
    /// nothing else. Connections go on, and later handshakes use the new ones. Without `https`,
    /// nothing happens. It blocks while it reads the files.
    ///
    /// # Errors
    /// Everything that is wrong with the files; nothing changes then.
    pub fn reload_certificates(&self) -> Result<(), Error> {
        let read = self.how()?.reload.certificates();
        read.map_err(|wrong| ConfigErrors::new(self.name(), wrong).into())
    }

    /// Sets how the endpoint is reloaded. Before this, a reload is an error.
    pub(crate) fn reloads_by(
        &self,
        reload: Arc<dyn Reload>,
        runtime: runtime::Handle,
        options: Settings,
    ) {
        let _ = self.0.reloading.how.set(How {
            reload,
            runtime,
            options: Mutex::new(options),
        });
    }

    fn how(&self) -> Result<&How, ConfigErrors> {
        self.0.reloading.how.get().ok_or_else(|| {
            let error = ConfigError::new("the endpoint is being started: nothing can change yet");
            ConfigErrors::new(self.name(), vec![error])
        })
    }

    fn reload_timed(&self, options: Settings) -> Result<(), ConfigErrors> {
        let began = Instant::now();
        let reloaded = self.reload_now(options);
        let (endpoint, duration) = (self.name(), began.elapsed());
        let (result, took) = (result(&reloaded), Took(duration));
        telemetry::meters::reloaded(endpoint, result);
        telemetry::event!(
            ENDPOINT_RELOADED,
            tracing::Level::DEBUG,
            endpoint,
            result,
            ?duration,
            "reloaded the configuration of {endpoint} in {took}"
        );
        reloaded
    }

    /// Reloads on this thread, which blocks while files are read.
    fn reload_now(&self, options: Settings) -> Result<(), ConfigErrors> {
        let (how, before) = (self.how()?, self.current());
        let read = || how.reload.read(&before.resolved, &before.statics, &options);
        let next = contain::call(read).unwrap_or_else(|panic| {
            let text = format!("reading the configuration panicked, perhaps in `init`: {panic}");
            Err(ConfigErrors::new(self.name(), vec![ConfigError::new(text)]))
        })?;
        let statics = Arc::new(next.statics);
        let differs = next.resolved.differs(&before.resolved);
        (next.commit)();
        *how.options() = options;
        self.0.current.send_if_modified(|current| {
            let ports = self.0.addresses.get();
            let ports = ports.map_or(Ports::default(), |addresses| addresses.ports());
            *current = Arc::new(current.followed_by(next.resolved, statics, ports));
            differs
        });
        Ok(())
    }
}

fn result<T, E>(result: &Result<T, E>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(_) => "error",
    }
}
