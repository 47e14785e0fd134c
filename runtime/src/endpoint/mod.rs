//! The endpoint: its declaration as data, and its life.
//!
//! | file | what |
//! | --- | --- |
//! | `def` | what is declared, as constants |
//! | `builder` | how it is started |
//! | `children` | the tasks of its sockets |
//! | `life` | the task that holds a running endpoint together, and how it stops |
//! | `running` | what the application holds of it |
//! | `signal` | signals that end the process |
//! | `service` | the endpoint as a tower service |

mod builder;
mod children;
mod def;
mod life;
mod running;
mod service;
mod signal;

use std::future::Future;

pub use self::{
    builder::Builder,
    def::EndpointDef,
    running::Running,
    service::{EndpointFuture, EndpointService},
};
use crate::{
    config::{Config, ConfigError, Settings},
    error::Error,
    pipeline::Pipeline,
};

/// The edge of an application: its URLs, its sockets, and what answers all other requests.
///
/// [`endpoint!`](macro@crate::endpoint) writes this implementation; here is what it stands for.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), landfall::Error> {
/// use landfall::{Endpoint, EndpointDef};
///
/// struct Web;
///
/// impl Endpoint for Web {
///     const DEF: &'static EndpointDef = &EndpointDef { name: "Web", mounts: &[] };
/// }
///
/// let web = Web::start().await?;
/// assert_eq!(web.url(), "http://localhost");
/// web.shutdown().await
/// # }
/// ```
pub trait Endpoint: Sized + 'static {
    /// What can't change at run time.
    const DEF: &'static EndpointDef;

    /// The lowest layer of configuration.
    fn settings() -> Settings {
        Settings::default()
    }

    /// What answers requests that are no socket's.
    fn pipeline() -> Pipeline {
        Pipeline::not_found()
    }

    /// The uppermost layer of configuration: called once at each start, with what the layers below say.
    ///
    /// # Errors
    /// Whatever is wrong with the configuration; the endpoint does not start then.
    fn init(config: Config) -> Result<Config, ConfigError> {
        Ok(config)
    }

    /// Options for the start.
    fn builder() -> Builder<Self> {
        Builder::new()
    }

    /// Starts the endpoint. Inside a tokio runtime, any number of times.
    ///
    /// # Errors
    /// Everything that is wrong with the configuration, together; or that the listener could not be opened.
    fn start() -> impl Future<Output = Result<Running<Self>, Error>> + Send {
        Self::builder().start()
    }
}
