//! A site as somebody writes it who denies every lint.

#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    single_use_lifetimes,
    unreachable_pub,
    unused,
    unused_qualifications,
    clippy::all,
    clippy::pedantic
)]

use std::{fmt::Debug, marker::PhantomData};

use landfall::{
    config::{Config, ConfigError},
    error_page::StatusJson,
    plug::RequestId,
    prelude::*,
    state::FromRef,
};

/// What the application brings.
#[derive(Debug)]
pub struct App {
    pool: Pool,
}

impl App {
    /// One without connections.
    #[must_use]
    pub const fn new() -> Self {
        App { pool: Pool }
    }
}

impl Default for App {
    fn default() -> Self {
        App::new()
    }
}

/// Connections to a database.
#[derive(Clone, Debug)]
pub struct Pool;

impl FromRef<App> for Pool {
    fn from_ref(app: &App) -> Self {
        app.pool.clone()
    }
}

endpoint! {
    // endpoint
    /// The public face.
    #[derive(Debug)]
    pub struct Web;

    state = App;
    url(host = "example.com", scheme = "https", port = 443);
    http(port = env("PORT").or(4000), header_timeout = secs(5));
    secret_key_base = env("SECRET_KEY_BASE");
    check_origin = ["https://example.com"];
    extra(region = env("REGION").or("eu"));
    render_errors(formats(json = StatusJson));
    socket("/socket", sockets::Members, websocket(timeout = secs(45)), longpoll);
    socket("/echo/:room", sockets::Echo::<&'static str, 3>, websocket(connect_info = [user_agent]), log = debug);
    plug(RequestId::new());

    fn init(config: Config) -> Result<Config, ConfigError> {
        Ok(config)
    }
}

/// Sockets and channels.
pub mod sockets {
    use super::{Debug, PhantomData, Pool};
    use landfall::prelude::*;

    /// Says everything again.
    #[derive(Debug)]
    pub struct Echo<T, const N: usize> {
        room: String,
        last: Option<T>,
        times: [u8; N],
    }

    #[socket(/* attribute, */ log = debug)]
    impl<T, const N: usize> Echo<T, N>
    where
        T: Debug + Send + Sync + 'static,
    {
        async fn connect(
            #[param] room: String,
            #[info] user_agent: Option<String>,
        ) -> Result<Self, Refused> {
            drop(user_agent);
            Ok(Echo {
                room,
                last: None,
                times: [0; N],
            })
        }

        async fn handle_in(&mut self, message: Message, out: &mut Outbox, #[state] pool: Pool) {
            drop((self.name_of(&pool).len(), self.times, self.last.take()));
            out.push(message);
        }

        fn name_of<'a>(&'a self, _pool: &'a Pool) -> &'a str {
            &self.room
        }
    }

    /// Holds channels.
    #[derive(Debug)]
    pub struct Members;

    #[socket(/* attribute, */ channel("room:*", Room<u64>))]
    impl Members {
        async fn connect() -> Result<Self, Refused> {
            Ok(Members)
        }
    }

    /// A room.
    #[derive(Debug)]
    pub struct Room<T> {
        name: String,
        of: PhantomData<T>,
    }

    #[channel(Members /*, attribute */)]
    impl<T: Debug + Send + Sync + 'static> Room<T> {
        async fn join(#[rest] name: &str, #[state] _pool: Pool) -> Result<Self, JoinError> {
            Ok(Room {
                name: name.to_owned(),
                of: PhantomData,
            })
        }

        #[handle_in("length")]
        async fn length(&mut self, text: String) -> Result<Reply, Reply> {
            match text.len() + self.name.len() {
                0 => Err(Reply::error(Payload::EMPTY)),
                _ => Ok(Reply::ok(Payload::EMPTY)),
            }
        }

        async fn handle_info(&mut self, info: u32, out: &mut Outlet) {
            if info > 0 {
                out.push("info", Payload::EMPTY);
            }
        }

        fn terminate(self, _reason: Reason) {}
    }
}

/// Everything may stand in a function.
///
/// # Errors
/// That of the start.
pub async fn nested() -> Result<(), landfall::Error> {
    struct Inner;

    #[socket(/* attribute */)]
    impl Inner {
        fn connect() -> Result<Self, Refused> {
            Ok(Inner)
        }

        fn handle_in(&mut self, message: Message, out: &mut Outbox) {
            out.push(message);
        }
    }

    endpoint! {
        // endpoint
        #[derive(Debug)]
        struct Web;
        socket("/inner", Inner);
    }

    Web::start().await?.shutdown().await
}
