//! Authentication: a page knows its visitor by a session and gives the visitor a token. The socket
//! verifies the token, and `join` asks the store. All of them take what they need from the
//! application's state.
//!
//! ```text
//! cargo run --example auth
//! curl -c jar -d 'name=ann&password=anchor' http://localhost:4000/login
//! curl -b jar http://localhost:4000/token
//! ```
//!
//! A page opens the socket with it: `new Phoenix.Socket("/socket", {params: {token}})`.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Form, Router,
    extract::State,
    http::StatusCode,
    response::IntoResponse,
    routing::{get, post},
};
use landfall::{
    channel::{Channel, FromJoin},
    prelude::*,
    session::{Session, SessionOptions, Sessions},
    socket::{Connect, FromConnect},
    state::Need,
    token::Tokens,
    transport::unguessable_name,
};
use serde::Deserialize;
use serde_json::{Value, json};

const SESSION: SessionOptions = SessionOptions::new("_auth_key", "not a secret, but a name");

endpoint! {
    pub struct Edge;

    state = App;
    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));
    check_origin = conn;
    // Each start has a new secret, so sessions end with the process.
    secret_key_base = [(); 3].map(|()| unguessable_name()).concat();

    socket("/socket", UserSocket, longpoll);
    plug(Sessions::new(&SESSION));
    service(|edge| {
        Router::new()
            .route("/login", post(login))
            .route("/token", get(token))
            .with_state(edge.state().store.clone())
    });
}

/// The application's state.
pub struct App {
    pub store: Store,
}

impl FromRef<App> for Store {
    fn from_ref(app: &App) -> Store {
        app.store.clone()
    }
}

/// In place of a database. A real store is a pool, which is cheap to clone too, and hashes
/// passwords.
#[derive(Clone)]
pub struct Store(Arc<HashMap<UserId, User>>);

type UserId = u64;

#[derive(Clone)]
pub struct User {
    pub name: &'static str,
    pub password: &'static str,
    pub rooms: &'static [u64],
}

impl Store {
    pub fn new(users: impl IntoIterator<Item = (UserId, User)>) -> Self {
        Store(Arc::new(users.into_iter().collect()))
    }

    async fn by_password(&self, name: &str, password: &str) -> Option<UserId> {
        let found = self
            .0
            .iter()
            .find(|(_, user)| user.name == name && user.password == password);
        found.map(|(id, _)| *id)
    }

    async fn user(&self, id: UserId) -> Option<User> {
        self.0.get(&id).cloned()
    }

    async fn may_join(&self, id: UserId, room: u64) -> bool {
        self.0
            .get(&id)
            .is_some_and(|user| user.rooms.contains(&room))
    }
}

#[derive(Deserialize)]
struct Login {
    name: String,
    password: String,
}

async fn login(
    session: Session,
    State(store): State<Store>,
    Form(login): Form<Login>,
) -> Result<StatusCode, Failed> {
    match store.by_password(&login.name, &login.password).await {
        Some(user) => {
            // The session gets a new key: one that somebody knew before the login is useless.
            session.renew();
            session.insert("user", &user)?;
            Ok(StatusCode::NO_CONTENT)
        }
        None => Ok(StatusCode::UNAUTHORIZED),
    }
}

/// The token that a page puts into its JavaScript.
async fn token(session: Session, edge: Handle) -> Result<impl IntoResponse, Failed> {
    match session.get::<UserId>("user") {
        Some(user) => Ok((StatusCode::OK, tokens(&edge)?.sign(&user)?)),
        None => Ok((StatusCode::UNAUTHORIZED, String::new())),
    }
}

fn tokens(edge: &Handle) -> Result<Tokens, landfall::token::NoSecret> {
    edge.tokens("user socket")
}

/// The error of a page: the answer is a 500, and the cause is in the log.
struct Failed;

impl<E: std::error::Error> From<E> for Failed {
    fn from(error: E) -> Self {
        tracing::error!("a page failed: {error}");
        Failed
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> axum::response::Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

/// The user that the token names: an extractor for any socket.
pub struct CurrentUser {
    id: UserId,
    name: &'static str,
}

impl<I: Send + 'static> FromConnect<I> for CurrentUser {
    type State = Need<Store>;

    async fn from_connect(connect: &Connect<I>, store: Store) -> Result<Self, Refused> {
        let token = connect
            .params()
            .get("token")
            .and_then(|token| token.as_str());
        let id: UserId = tokens(connect.handle())?.verify(token)?;
        let user = store
            .user(id)
            .await
            .ok_or_else(|| Refused::because("the user is gone"))?;
        Ok(CurrentUser {
            id,
            name: user.name,
        })
    }
}

pub struct UserSocket {
    user: CurrentUser,
}

#[socket(channel("room:*", Room))]
impl UserSocket {
    async fn connect(user: CurrentUser) -> Result<Self, Refused> {
        Ok(UserSocket { user })
    }

    /// `edge.broadcast("users:7", "disconnect", ..)` closes all sockets of the user.
    fn id(&self) -> Option<String> {
        Some(format!("users:{}", self.user.id))
    }
}

/// Proof that the user may be in the room that the topic names: an extractor for all channels of
/// rooms.
pub struct Member;

impl<C: Channel<Socket = UserSocket>> FromJoin<C> for Member {
    type State = Need<Store>;

    async fn from_join(join: &Join<C>, store: Store) -> Result<Self, JoinError> {
        let room = join
            .rest()
            .parse()
            .map_err(|_| JoinError::because("no such room"))?;
        if store.may_join(join.socket().user.id, room).await {
            Ok(Member)
        } else {
            Err(JoinError::because("unauthorized"))
        }
    }
}

pub struct Room {
    name: &'static str,
}

#[channel(UserSocket)]
impl Room {
    async fn join(_: Member, socket: &UserSocket) -> Result<Self, JoinError> {
        Ok(Room {
            name: socket.user.name,
        })
    }

    #[handle_in("say")]
    async fn say(&mut self, text: String, out: &mut Outlet) -> Result<(), Reply> {
        Ok(out.broadcast("said", json!({"by": self.name, "text": text}))?)
    }

    #[handle_in("who")]
    async fn who(&mut self, #[state] store: Store) -> Reply {
        let mut names: Vec<_> = store.0.values().map(|user| user.name).collect();
        names.sort_unstable();
        Reply::ok(json!({"users": Value::from(names)}))
    }
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    tracing_subscriber::fmt().init();
    let ann = User {
        name: "ann",
        password: "anchor",
        rooms: &[7],
    };
    let bob = User {
        name: "bob",
        password: "buoy",
        rooms: &[],
    };
    let edge = Edge::start(App {
        store: Store::new([(1, ann), (2, bob)]),
    })
    .await?;
    edge.wait_for_signal().await
}
