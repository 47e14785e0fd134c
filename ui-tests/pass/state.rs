// The state of an application, in every form.

use std::marker::PhantomData;

use landfall::{
    channel::{Channel, FromJoin},
    prelude::*,
    socket::{Connect, FromConnect},
    state::Need,
};

pub struct App {
    pool: Pool,
}

#[derive(Clone)]
pub struct Pool;

#[derive(Clone)]
pub struct Mailer;

impl FromRef<App> for Pool {
    fn from_ref(app: &App) -> Pool {
        app.pool.clone()
    }
}

impl FromRef<App> for Mailer {
    fn from_ref(_: &App) -> Mailer {
        Mailer
    }
}

/// Both endpoints provide it.
impl FromRef<Small> for Pool {
    fn from_ref(small: &Small) -> Pool {
        small.0.clone()
    }
}

#[derive(Clone)]
pub struct Small(Pool);

pub struct CurrentUser;

impl<I: Send + 'static> FromConnect<I> for CurrentUser {
    type State = (Need<Pool>, Need<Mailer>);

    async fn from_connect(_: &Connect<I>, (_pool, _mailer): (Pool, Mailer)) -> Result<Self, Refused> {
        Ok(CurrentUser)
    }
}

pub struct Guard(pub String);

impl<C: Channel> FromJoin<C> for Guard {
    type State = Need<Pool>;

    async fn from_join(join: &Join<C>, _: Pool) -> Result<Self, JoinError> {
        Ok(Guard(join.topic().to_owned()))
    }
}

/// A generic socket, which both endpoints mount.
pub struct Echo<P>(PhantomData<P>);

#[socket]
impl<P: Send + Sync + 'static> Echo<P> {
    fn connect(#[state] _pool: P) -> Result<Self, Refused> {
        Ok(Echo(PhantomData))
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox, #[state] _pool: P) -> Flow {
        out.push(message);
        Flow::Continue
    }
}

pub struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    async fn connect(_: CurrentUser, #[state] _mailer: Mailer) -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

pub struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join(guard: Guard, #[state] _pool: Pool) -> Result<Self, JoinError> {
        if guard.0.is_empty() { Err(JoinError::because("empty")) } else { Ok(Room) }
    }

    #[handle_in("a", "b")]
    async fn a(&mut self, _: Payload, out: &mut Outlet, #[state] _pool: Pool, #[state] _mailer: Mailer) {
        out.push("a", Payload::EMPTY);
    }
}

/// Takes the whole state.
pub struct Whole;

#[socket]
impl Whole {
    fn connect(#[state] _whole: Small) -> Result<Self, Refused> {
        Ok(Whole)
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

endpoint! {
    pub struct Web;
    state = App;
    check_origin = |origin, edge| origin.host.is_some() && edge.state::<App>().is_some();
    socket("/user", UserSocket);
    socket("/echo", Echo<Pool>);
}

endpoint!({
    struct Little;
    socket("/echo", Echo<Pool>);
    socket("/whole", Whole);
    state = Small;
});

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    let web = Web::start(App { pool: Pool }).await?;
    let little = Little::builder(Small(Pool)).start().await?;
    let Small(_pool) = little.state();
    let App { pool: _ } = web.state();
    web.shutdown().await?;
    little.shutdown().await
}
