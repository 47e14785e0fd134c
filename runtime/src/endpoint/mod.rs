//! Endpoints: how one is declared, started, held while it runs, and stopped.
//!
//! [`endpoint!`](macro@crate::endpoint) turns a declaration into an [`Endpoint`].
//! [`Endpoint::start`] runs it, and [`Endpoint::builder`] takes options first. Both give a
//! [`Running`], by which the application uses the endpoint and stops it. There is no process-wide
//! state: a running endpoint is a value.
//!
//! ```
//! use landfall::{config::Setting, prelude::*};
//!
//! endpoint! {
//!     struct Edge;
//!     http(ip = [127, 0, 0, 1], port = 4000);
//!     server = true;
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), landfall::Error> {
//! let edge = Edge::builder()
//!     .settings(|settings| settings.url.host = Setting::given("edge.example"))
//! #   .settings(|settings| settings.http.get_or_insert(landfall::config::Http::DEFAULT).port = Setting::given(0_u16))
//!     .start()
//!     .await?;
//! assert_eq!(edge.host(), "edge.example");
//! edge.shutdown().await
//! # }
//! ```

// | file | what |
// | --- | --- |
// | `def` | the declaration, as constants |
// | `gate` | the step before sockets and plugs: `rewrite_on` and `force_ssl` |
// | `init` | the types that its `init` may return |
// | `builder` | how it is started |
// | `handle` | the argument of closures in its declaration |
// | `children` | the tasks of its sockets |
// | `listening`, `secure` | its listeners, and what `https` needs |
// | `reload` | how its configuration is read, at the start and later |
// | `life` | the task that holds a running endpoint together, and how it stops |
// | `health` | the plug for load balancers |
// | `service_manager` | its messages to systemd |
// | `running` | the application's handle to it |
// | `topics`, `nats` | its topics, and the nodes that it shares them with |
// | `signal` | signals that end the process, and the one that reloads |
// | `service` | the endpoint as a tower service |

mod builder;
mod children;
mod def;
mod drainers;
mod gate;
mod handle;
mod health;
mod init;
mod life;
mod listening;
mod log;
#[cfg(feature = "nats")]
mod nats;
mod observed;
#[cfg(feature = "redis")]
mod redis;
mod reload;
mod running;
#[cfg(feature = "rustls")]
mod secure;
mod service;
#[cfg(unix)]
mod service_manager;
#[cfg(not(unix))]
#[path = "service_manager_off.rs"]
mod service_manager;
mod signal;
#[cfg(debug_assertions)]
mod specimen;
mod topics;

use std::{future::Future, sync::Arc};

pub use self::{
    builder::Builder,
    def::EndpointDef,
    handle::EndpointHandle,
    health::{Health, HealthFuture, HealthService},
    init::IntoConfig,
    running::Running,
    service::{EndpointFuture, EndpointService},
};
pub use crate::{
    address::Address,
    arrival::Forwarded,
    force_ssl::{Exclude, ForceSsl, SecureHost},
    handle::{Changes, ExtraChanges, Handle, NotListening, Stats},
    pipeline::Pipeline,
    server::Listener,
    url::StructUrl,
    watchers::Watched,
};
use crate::{
    assets::known::StaticFiles,
    config::{Config, Settings},
    error::{BoxError, Error},
    handle::has_handle,
    instrumenter::Instrumenters,
    pubsub::adapter::Adapter,
    watchers::WatchFunction,
};

/// The edge of an application: its URLs, its sockets, and what answers all other requests.
///
/// [`endpoint!`](macro@crate::endpoint) writes this implementation. By hand it is:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), landfall::Error> {
/// use landfall::{Endpoint, endpoint::EndpointDef};
///
/// struct Web;
///
/// impl Endpoint for Web {
///     type State = ();
///
///     const DEF: &'static EndpointDef = &EndpointDef { name: "Web", ..EndpointDef::DEFAULT };
/// }
///
/// let web = Web::start().await?;
/// assert_eq!(web.url(), "http://localhost");
/// web.shutdown().await
/// # }
/// ```
pub trait Endpoint: Sized + 'static {
    /// The application's state: `state = App;` in [`endpoint!`](macro@crate::endpoint), or `()`.
    /// See [`state`](mod@crate::state).
    type State: Send + Sync + 'static;

    /// The part of the declaration that cannot change at run time.
    const DEF: &'static EndpointDef;

    /// The static files that `static_path!` knows at compile time.
    #[doc(hidden)]
    const STATIC_FILES: StaticFiles = StaticFiles::plain("");

    /// The lowest layer of configuration.
    fn settings() -> Settings {
        Settings::default()
    }

    /// The service for requests that are not for a socket. It is called before the endpoint
    /// listens.
    fn pipeline(edge: &EndpointHandle<Self>) -> Pipeline {
        let _ = edge;
        Pipeline::not_found()
    }

    /// The way to other nodes; `None` for an endpoint that is alone.
    fn adapter(state: &Self::State) -> Option<Arc<dyn Adapter>> {
        let _ = state;
        None
    }

    /// What is called before and after events: see [`instrument`](mod@crate::instrument).
    fn instrumenters(state: &Self::State) -> Instrumenters {
        let _ = state;
        Instrumenters::NONE
    }

    /// The functions of `watchers(..)`, by name. It is called when the endpoint listens.
    #[doc(hidden)]
    fn watchers(edge: &EndpointHandle<Self>) -> Vec<(&'static str, WatchFunction)> {
        let _ = edge;
        Vec::new()
    }

    /// The uppermost layer of configuration. It is called once at each start and each
    /// [reload](Handle::reload), with the result of the layers below. At a reload it may block its
    /// thread.
    ///
    /// # Errors
    /// A [`ConfigError`](crate::config::ConfigError), or any other error. The endpoint does not
    /// start then, or keeps its configuration. [`Error::config_errors`] has the error with its
    /// causes.
    fn init(config: Config) -> Result<Config, BoxError> {
        Ok(config)
    }

    /// Options for the start of an endpoint without state.
    ///
    /// An endpoint that declares `state = App;` has a function of its own by this name:
    /// `Chat::builder(app)`.
    fn builder() -> Builder<Self>
    where
        Self: Endpoint<State = ()>,
    {
        Builder::new(())
    }

    /// Starts an endpoint without state. It must be awaited inside a tokio runtime. One type can be
    /// started any number of times.
    ///
    /// An endpoint that declares `state = App;` has a function of its own by this name:
    /// `Chat::start(app)`.
    ///
    /// # Errors
    /// When the configuration is wrong, with all errors together, such as an option whose feature
    /// of the crate is off (`compress`); or when the listener cannot be opened.
    fn start() -> impl Future<Output = Result<Running<Self>, Error>> + Send
    where
        Self: Endpoint<State = ()>,
    {
        Self::builder().start()
    }

    /// Options for the start of an endpoint with any state.
    fn builder_with(state: Self::State) -> Builder<Self> {
        Builder::new(state)
    }
}

has_handle! {
    [E: Endpoint] EndpointHandle<E>,
    [E: Endpoint] Running<E>,
}
