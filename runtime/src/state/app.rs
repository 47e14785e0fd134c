//! The application's state, type-erased.

use std::{
    any::{Any, TypeId},
    fmt,
    sync::Arc,
};

use crate::assets::known::StaticFiles;

/// Fills a slot, a [`Slot<T>`], if a certain socket declares that it takes a `T` of the
/// application's state.
pub(crate) type Fill = fn(app: &(dyn Any + Send + Sync), slot: &mut dyn Any);

/// What is asked of the sockets' declarations.
pub(crate) enum Slot<T> {
    /// The part itself.
    Empty,
    Filled(T),
    /// Whether the part is declared. Nothing is taken of the state.
    Unknown,
    Declared,
}

impl<T> Slot<T> {
    pub(super) fn fill(&mut self, take: impl FnOnce() -> T) {
        *self = match self {
            Slot::Empty | Slot::Filled(_) => Slot::Filled(take()),
            Slot::Unknown | Slot::Declared => Slot::Declared,
        };
    }
}

/// The type-erased state of an application, and how the sockets of its endpoint take their parts of
/// it.
#[doc(hidden)]
#[derive(Clone)]
pub struct AppState {
    /// The endpoint's type.
    endpoint: TypeId,
    app: Arc<dyn Any + Send + Sync>,
    /// One for each socket.
    fills: Arc<[Fill]>,
    /// The static files that were known when the endpoint was compiled.
    files: StaticFiles,
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
            files: StaticFiles::UNKNOWN,
        }
    }

    pub(crate) fn with_files(self, files: StaticFiles) -> Self {
        AppState { files, ..self }
    }

    pub(crate) fn files(&self) -> StaticFiles {
        self.files
    }

    pub(crate) fn get<App: 'static>(&self) -> Option<&App> {
        self.app.downcast_ref()
    }

    /// The whole state, if this is the state of that endpoint.
    pub(crate) fn of<Endpoint: 'static, App: Send + Sync + 'static>(&self) -> Option<Arc<App>> {
        if self.endpoint != TypeId::of::<Endpoint>() {
            return None;
        }
        self.app.clone().downcast().ok()
    }

    /// A part that one of the endpoint's sockets declares.
    pub(crate) fn part<T: 'static>(&self) -> Option<T> {
        let mut slot = Slot::<T>::Empty;
        for fill in &*self.fills {
            fill(&*self.app, &mut slot);
            if let Slot::Filled(part) = slot {
                return Some(part);
            }
        }
        None
    }

    /// Whether one of the endpoint's sockets declares that it takes a part of this type.
    pub(crate) fn has_part<T: 'static>(&self) -> bool {
        let mut slot = Slot::<T>::Unknown;
        for fill in &*self.fills {
            fill(&*self.app, &mut slot);
        }
        matches!(slot, Slot::Declared)
    }
}

/// The state of an endpoint that declares none.
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
