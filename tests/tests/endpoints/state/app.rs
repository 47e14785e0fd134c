//! An application: a few things that its parts need.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use landfall::{
    prelude::*,
    socket::{Connect, FromConnect},
    state::Need,
};
use tokio::task::yield_now;

pub(crate) struct App {
    pub(crate) title: Title,
    pub(crate) users: Users,
    pub(crate) counter: Counter,
}

impl App {
    pub(crate) fn new(title: &'static str) -> Self {
        App {
            title: Title(title),
            users: Users(Arc::new(vec!["ann", "bob"])),
            counter: Counter::default(),
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Title(pub(crate) &'static str);

#[derive(Clone, Default)]
pub(crate) struct Counter(Arc<AtomicUsize>);

impl Counter {
    pub(crate) fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// A store whose answer is awaited.
#[derive(Clone)]
pub(crate) struct Users(Arc<Vec<&'static str>>);

impl Users {
    pub(crate) async fn find(&self, name: &str) -> Option<&'static str> {
        yield_now().await;
        self.0.iter().find(|user| **user == name).copied()
    }
}

impl FromRef<App> for Title {
    fn from_ref(app: &App) -> Title {
        app.title
    }
}

impl FromRef<App> for Counter {
    fn from_ref(app: &App) -> Counter {
        app.counter.clone()
    }
}

impl FromRef<App> for Users {
    fn from_ref(app: &App) -> Users {
        app.users.clone()
    }
}

/// An extractor that needs parts of the state, and awaits one of them.
pub(crate) struct CurrentUser(pub(crate) &'static str);

impl<I: Send + 'static> FromConnect<I> for CurrentUser {
    type State = (Need<Users>, Need<Counter>);

    async fn from_connect(
        connect: &Connect<I>,
        (users, counter): (Users, Counter),
    ) -> Result<Self, Refused> {
        counter.next();
        let name = connect
            .params()
            .get("user")
            .and_then(|user| user.as_str())
            .unwrap_or_default();
        users
            .find(name)
            .await
            .map(CurrentUser)
            .ok_or_else(|| Refused::because(format!("no user {name:?}")))
    }
}
