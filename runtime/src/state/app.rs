//! The application's state without its type.

use std::{
    any::{Any, TypeId},
    fmt,
    sync::Arc,
};

use super::Needed;

/// Fills a slot, an `Option<T>`, with the `T` of an application's state, if a certain socket takes one.
pub(crate) type Fill = fn(app: &(dyn Any + Send + Sync), slot: &mut dyn Any);

/// The application's state without its type, and how the sockets of its endpoint take their parts of it.
#[doc(hidden)]
#[derive(Clone)]
pub struct AppState {
    /// The endpoint's type.
    endpoint: TypeId,
    app: Arc<dyn Any + Send + Sync>,
    /// One for each socket.
    fills: Arc<[Fill]>,
}

impl AppState {
    pub(crate) fn new<Endpoint: 'static, App: Send + Sync + 'static>(
        app: Arc<App>,
        fills: impl Iterator<Item = Fill>,
    ) -> Self {
        AppState {
            endpoint: TypeId::of::<Endpoint>(),
            app,
            fills: fills.collect(),
        }
    }

    pub(crate) fn get<App: 'static>(&self) -> Option<&App> {
        self.app.downcast_ref()
    }

    /// The whole state of an endpoint, if this is its own.
    pub(crate) fn of<Endpoint: 'static, App: Send + Sync + 'static>(&self) -> Option<Arc<App>> {
        if self.endpoint != TypeId::of::<Endpoint>() {
            return None;
        }
        self.app.clone().downcast().ok()
    }

    /// A part that one of the endpoint's sockets takes.
    pub(crate) fn part<T: 'static>(&self) -> Option<T> {
        let mut slot = None::<T>;
        for fill in &*self.fills {
            fill(&*self.app, &mut slot);
            if slot.is_some() {
                break;
            }
        }
        slot
    }

    /// What a socket, a channel or an extractor takes.
    ///
    /// # Panics
    /// When its socket does not say so in its `State`. The macros do.
    pub(crate) fn needed<N: Needed>(&self) -> N::Value {
        let Some(value) = N::fetch(self) else {
            let types = std::any::type_name::<N::Value>();
            panic!("the `State` of no mounted socket has the needs of `{types}`");
        };
        value
    }
}

/// That of an endpoint that declares none.
impl Default for AppState {
    fn default() -> Self {
        AppState::new::<(), ()>(Arc::new(()), std::iter::empty())
    }
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppState")
    }
}
