//! The endpoint that is stopped and started again while clients look on.

use std::sync::Arc;

use landfall::{Error, Running};
use tokio::sync::Mutex;

use super::{Shared, other_endpoints::Stopper, start};

/// The endpoint, while it runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Stoppable(Arc<Mutex<Option<Running<Stopper>>>>);

impl Stoppable {
    /// Starts it, unless it runs.
    pub(super) async fn start(&self, port: u16, shared: &Shared) -> Result<(), Error> {
        let mut running = self.0.lock().await;
        if running.is_none() {
            *running = Some(start(port, shared).await?);
        }
        Ok(())
    }

    /// Stops it, and starts it again on the same port.
    pub(super) async fn restart(&self, shared: &Shared) -> Result<(), Error> {
        let mut running = self.0.lock().await;
        let Some(before) = running.take() else {
            return Ok(());
        };
        let port = before.struct_url().port;
        before.shutdown().await?;
        *running = Some(start(port, shared).await?);
        Ok(())
    }

    /// Stops it, if it runs.
    pub(super) async fn shutdown(&self) -> Result<(), Error> {
        match self.0.lock().await.take() {
            Some(running) => running.shutdown().await,
            None => Ok(()),
        }
    }
}
