//! A task board in SQLite: what is done stays done, whoever is there is shown, and a program that
//! has no socket adds tasks by HTTP.
//!
//! ```text
//! cargo run --example board
//! ```
//!
//! Then open <http://localhost:4000/?name=ann> and <http://localhost:4000/?name=bob> in two windows:
//! each sees the tasks of the other, and that the other is there. Now add one from outside, and
//! look at both windows:
//!
//! ```text
//! curl -d 'paint the boat' http://localhost:4000/boards/1/tasks
//! ```
//!
//! `BOARD=board.db` keeps the tasks in a file. Board 2 is ann's alone: try
//! <http://localhost:4000/?name=bob&board=2>. There are no passwords here: `examples/auth.rs` has
//! them. `tests/in_memory.rs` tests all of it.

#[path = "board/store.rs"]
pub mod store;

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Html,
    routing::{get, post},
};
use landfall::{
    BoxError,
    assets::Static,
    error_page::{Failure, OrStatus},
    prelude::*,
    presence::Tracked,
    transport::unguessable_name,
};
use serde::Deserialize;
use serde_json::json;
use store::Store;

endpoint! {
    /// The public face of the board.
    pub struct Edge;

    state = Store;
    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));
    check_origin = conn;
    // Tokens end with the process.
    secret_key_base = [(); 3].map(|()| unguessable_name()).concat();

    socket("/socket", UserSocket, longpoll);

    plug(Static::new(concat!(env!("CARGO_MANIFEST_DIR"), "/chat")).only(["phoenix.js"]));
    service(|edge| {
        Router::new()
            .route("/", get(page))
            .route("/boards/{board}/tasks", post(add))
            .with_state(edge.state().clone())
    });
}

#[derive(Deserialize)]
struct Visitor {
    name: String,
}

/// The page, with a token that says who the visitor is.
async fn page(Query(visitor): Query<Visitor>, edge: Handle) -> Result<Html<String>, Failure> {
    let tokens = edge
        .tokens("user socket")
        .or_status(StatusCode::INTERNAL_SERVER_ERROR)?;
    let token = tokens
        .sign(&visitor.name)
        .or_status(StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Html(
        include_str!("board/index.html").replace("{token}", &token),
    ))
}

/// The database first, then everybody who looks at the board.
async fn add(
    State(store): State<Store>,
    edge: Handle,
    Path(board): Path<i64>,
    title: String,
) -> Result<StatusCode, Failure> {
    let title = fit(&title).or_status(StatusCode::UNPROCESSABLE_ENTITY)?;
    let task = store
        .add(board, title, "curl".to_owned())
        .await
        .or_status(StatusCode::INTERNAL_SERVER_ERROR)?;
    // The task stands: a cluster that cannot be told of it is no failure of the request.
    if let Err(error) = edge.broadcast(&format!("board:{board}"), "task", Json(&task)) {
        tracing::warn!(%error, "not everybody knows of a task");
    }
    Ok(StatusCode::CREATED)
}

/// A title without the spaces around it.
fn fit(title: &str) -> Option<String> {
    let title = title.trim();
    (1..=200)
        .contains(&title.chars().count())
        .then(|| title.to_owned())
}

pub struct UserSocket {
    user: String,
}

#[socket(channel("board:*", Board))]
impl UserSocket {
    async fn connect(#[param] token: String, edge: Handle) -> Result<Self, Refused> {
        let user = edge.tokens("user socket")?.verify(&token)?;
        Ok(UserSocket { user })
    }
}

/// One window on one board.
pub struct Board {
    id: i64,
    me: Tracked,
}

#[derive(Deserialize)]
struct Add {
    title: String,
}

#[derive(Deserialize)]
struct Done {
    id: i64,
}

#[channel(UserSocket)]
impl Board {
    async fn join(
        #[rest] id: i64,
        socket: &UserSocket,
        #[state] store: Store,
        join: Join<Self>,
    ) -> Result<Self, JoinError> {
        if !store.is_member(id, socket.user.clone()).await? {
            return Err(JoinError::because("unauthorized"));
        }
        let me = join.track(&socket.user, json!({}))?;
        Ok(Board { id, me })
    }

    /// Also runs after a gap: the client joins again, and gets what it has missed.
    async fn joined(&mut self, out: &mut Outlet, #[state] store: Store) -> Result<(), BoxError> {
        let tasks = store.tasks(self.id).await?;
        out.push("tasks", json!({ "tasks": tasks }));
        out.push_presence().await;
        Ok(())
    }

    #[handle_in("add")]
    async fn add(
        &mut self,
        add: Add,
        out: &mut Outlet,
        #[state] store: Store,
    ) -> Result<Reply, Reply> {
        let title =
            fit(&add.title).ok_or_else(|| Reply::because("a title has 1 to 200 characters"))?;
        let task = store.add(self.id, title, self.me.key().to_owned()).await?;
        out.broadcast("task", Json(&task))?;
        Ok(Reply::ok(json!({ "id": task.id })))
    }

    #[handle_in("done")]
    async fn done(
        &mut self,
        Done { id }: Done,
        out: &mut Outlet,
        #[state] store: Store,
    ) -> Result<Reply, Reply> {
        let task = store.done(self.id, id).await?;
        let task = task.ok_or_else(|| Reply::because("there is no such task"))?;
        out.broadcast("task", Json(&task))?;
        Ok(Reply::ok(Payload::EMPTY))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt::init();
    let path = std::env::var("BOARD").unwrap_or(":memory:".to_owned());
    // It is opened before the port is: if it cannot be, nobody has connected in vain.
    Edge::start(Store::open(&path)?)
        .await?
        .wait_for_signal()
        .await?;
    Ok(())
}
