//! Starting an endpoint for a test.

use std::{
    convert::Infallible,
    fmt,
    future::IntoFuture,
    path::PathBuf,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as HttpBody;
use tower_service::Service;

use super::{
    caller::Caller,
    network::Network,
    sent_error::{Recording, SentErrors},
    site::Site,
    visitor::Visitor,
};
use crate::{
    body::Body,
    config::{Secret, Setting, Settings},
    endpoint::{Builder, Endpoint, EndpointService},
    error::BoxError,
    pipeline::Pipeline,
    presence::Presence,
    pubsub::PubSub,
    random::random,
};

/// How long a test waits for responses, messages and ends.
const PATIENCE: Duration = Duration::from_secs(5);

/// Starts an endpoint for a test. It listens to connections in memory, whatever its address, port
/// and `server`, and has a random `secret_key_base`. `https` does not listen, and its files need
/// not be there. Await it, after setting options.
///
/// ```
/// # #[derive(Debug)] struct Chat;
/// # impl landfall::Endpoint for Chat {
/// #     type State = ();
/// #     const DEF: &'static landfall::endpoint::EndpointDef = &landfall::endpoint::EndpointDef { name: "Chat", ..landfall::endpoint::EndpointDef::DEFAULT };
/// # }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use landfall::{config::Setting, testing};
///
/// let site = testing::start::<Chat>()
///     .settings(|settings| settings.url.host = Setting::given("chat.example"))
///     .await;
/// assert_eq!(site.host(), "chat.example");
/// assert_eq!(site.get("/nothing/here").await.status(), 404);
/// site.shutdown().await.unwrap();
/// # }
/// ```
///
/// # Panics
/// Awaiting it panics with everything that is wrong with the configuration.
#[track_caller]
pub fn start<E: Stateless>() -> Start<E> {
    start_with(())
}

/// Starts an endpoint that declares `state = App;` for a test, with a state of the test. Otherwise
/// as [`start`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use landfall::{prelude::*, testing};
///
/// #[derive(Clone)]
/// struct Greeting(&'static str);
///
/// struct Greeter(Greeting);
///
/// #[socket]
/// impl Greeter {
///     fn connect(#[state] greeting: Greeting) -> Result<Self, Refused> {
///         Ok(Greeter(greeting))
///     }
///
///     fn handle_in(&mut self, _: Message, out: &mut Outbox) {
///         out.push(self.0.0);
///     }
/// }
///
/// endpoint! {
///     struct Web;
///     state = Greeting;
///     socket("/greet", Greeter);
/// }
///
/// let site = testing::start_with::<Web>(Greeting("ahoy")).await;
/// let mut client = site.raw("/greet").await.unwrap();
/// client.send("hello");
/// client.expect("ahoy").await;
/// assert_eq!(site.state().0, "ahoy");
/// # }
/// ```
///
/// # Panics
/// As [`start`].
#[track_caller]
pub fn start_with<E: Endpoint>(state: E::State) -> Start<E> {
    start_builder(E::builder_with(state))
}

/// Starts an endpoint from the application's builder: with its file, its settings, its presence.
/// Otherwise as [`start`].
///
/// ```
/// # #[derive(Debug)] struct Chat;
/// # impl landfall::Endpoint for Chat {
/// #     type State = ();
/// #     const DEF: &'static landfall::endpoint::EndpointDef = &landfall::endpoint::EndpointDef { name: "Chat", mounts: &[], ..landfall::endpoint::EndpointDef::DEFAULT };
/// # }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use landfall::{Builder, Endpoint, config::Setting, testing};
///
/// /// What `main` starts, too.
/// fn chat() -> Builder<Chat> {
///     Chat::builder().settings(|settings| settings.url.host = Setting::given("chat.example"))
/// }
///
/// let site = testing::start_builder(chat()).await;
/// assert_eq!(site.host(), "chat.example");
/// # }
/// ```
///
/// # Panics
/// As [`start`].
#[track_caller]
pub fn start_builder<E: Endpoint>(builder: Builder<E>) -> Start<E> {
    let (network, listener) = Network::new();
    let errors = SentErrors::default();
    let kept = errors.clone();
    let secret = |settings: &mut Settings| {
        settings.secret_key_base = Setting::exact(Secret::from(random::<64>().to_vec()));
    };
    let builder = builder
        .server(true)
        .settings(secret)
        .without_https()
        .listener_of(
            listener,
            |service| Recording::new(service, kept),
            Recording::opens,
        );
    Start {
        builder,
        network,
        errors,
        patience: PATIENCE,
        at: Caller::here(),
    }
}

/// An endpoint that declares no state: [`start`] needs none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is started with the state that it declares",
    label = "declares `state = ..`",
    note = "write `testing::start_with::<{Self}>(state)`"
)]
pub trait Stateless: Endpoint<State = ()> {}

#[diagnostic::do_not_recommend]
impl<E: Endpoint<State = ()>> Stateless for E {}

/// The options of [`start`] and [`start_with`]. Await it to start the endpoint.
#[must_use = "it starts when it is awaited"]
pub struct Start<E: Endpoint> {
    builder: Builder<E>,
    network: Network,
    errors: SentErrors,
    patience: Duration,
    at: Caller,
}

impl<E: Endpoint> Start<E> {
    /// Settings that win over the declaration, the file and the environment.
    pub fn settings(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        self.builder = self.builder.settings(set);
        self
    }

    /// The configuration file: see [`Builder::file`].
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.builder = self.builder.file(path);
        self
    }

    /// Uses this presence: see [`Builder::presence`].
    pub fn presence(mut self, presence: Presence) -> Self {
        self.builder = self.builder.presence(presence);
        self
    }

    /// Shares topics with other endpoints of the test.
    pub fn pubsub(mut self, pubsub: PubSub) -> Self {
        self.builder = self.builder.pubsub(pubsub);
        self
    }

    /// How long responses, messages and ends may take before the test fails. Default 5 s, which
    /// pass at once while time is paused.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Serves the tower service that contains the endpoint, such as an axum router.
    ///
    /// ```
    /// # #[cfg(feature = "axum")] mod with_axum {
    /// # struct Chat;
    /// # impl landfall::Endpoint for Chat {
    /// #     type State = ();
    /// #     const DEF: &'static landfall::endpoint::EndpointDef = &landfall::endpoint::EndpointDef { name: "Chat", ..landfall::endpoint::EndpointDef::DEFAULT };
    /// # }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] pub async fn main() {
    /// use axum::{Router, routing::get};
    /// use landfall::testing;
    ///
    /// let app = |chat| Router::new().route("/about", get(|| async { "us" })).nest_service("/rt", chat);
    /// let site = testing::start::<Chat>().inside(app).await;
    /// assert_eq!(site.get("/about").await.text(), "us");
    /// assert_eq!(site.get("/rt/nothing").await.status(), 404);
    /// # } }
    /// # fn main() {
    /// #     #[cfg(feature = "axum")] with_axum::main();
    /// # }
    /// ```
    pub fn inside<S, B>(mut self, outer: impl FnOnce(EndpointService) -> S + Send + 'static) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let (network, listener) = Network::new();
        self.network = network;
        self.builder = self.builder.listener_of(
            listener,
            |service| Outer(Pipeline::new(outer(service))),
            |_, _| false,
        );
        self
    }

    async fn start(self) -> Site<E> {
        let Start {
            builder,
            network,
            errors,
            patience,
            at,
        } = self;
        match builder.start().await {
            Ok(running) => {
                let visitor = Visitor::new(network, patience, running.handle().clone(), errors);
                Site::new(running, visitor)
            }
            Err(error) => at.fail(format_args!("{} did not start: {error}", E::DEF.name)),
        }
    }
}

impl<E: Endpoint> IntoFuture for Start<E> {
    type Output = Site<E>;
    type IntoFuture = Pin<Box<dyn Future<Output = Site<E>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.start())
    }
}

impl<E: Endpoint> fmt::Debug for Start<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start")
            .field("builder", &self.builder)
            .field("patience", &self.patience)
            .finish()
    }
}

/// Makes the service that contains the endpoint.
#[derive(Clone)]
struct Outer(Pipeline);

impl Service<Request<Body>> for Outer {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answering = self.0.run(&mut Some(request));
        Box::pin(async { Ok(answering.answer().await) })
    }
}
