//! A socket at a path: what `socket("/path", Type, ..)` declares.

use std::{
    any::{Any, TypeId},
    fmt,
    sync::Arc,
};

use super::{
    erased::{CustomTransport, ErasedTransport, erase},
    longpoll::LongPollTransport,
    websocket::WebSocketTransport,
};
use crate::{
    handle::Handle,
    socket::{Children, Drainer, IntoSocket, LongPoll, Needs, Socket, TransportKind, WebSocket},
    state::{AppState, Fill, Provide},
};

/// A socket type as data: its name and its entry points, without its type, and how it takes its parts of an application's
/// state.
#[derive(Clone, Copy)]
pub struct SocketDef {
    /// The type's name as written in the declaration.
    pub name: &'static str,
    pub(crate) type_id: fn() -> TypeId,
    pub(crate) needs: Needs,
    /// The type of the application's state, and how the socket's parts are taken of it.
    pub(crate) app: fn() -> TypeId,
    pub(crate) fill: Fill,
    pub(crate) children: fn(&mut Children),
    pub(crate) undeclared: fn(&AppState) -> Vec<(&'static str, &'static str)>,
    pub(crate) websocket: fn(&'static WebSocket) -> Arc<dyn ErasedTransport>,
    pub(crate) longpoll: fn(&'static LongPoll) -> Arc<dyn ErasedTransport>,
}

impl SocketDef {
    /// The entry points of a socket type: of one that implements [`Socket`], or holds channels. `App` is the state of the
    /// endpoint, of which the socket takes its parts.
    pub const fn of<T: IntoSocket, App: Send + Sync + 'static>(name: &'static str) -> Self
    where
        T::Needs: Provide<App, T>,
    {
        SocketDef::new::<T::Socket>(name, TypeId::of::<App>, fill::<T, App>)
    }

    const fn new<S: Socket>(name: &'static str, app: fn() -> TypeId, fill: Fill) -> Self {
        SocketDef {
            name,
            type_id: TypeId::of::<S>,
            needs: S::NEEDS,
            app,
            fill,
            children: S::children,
            undeclared: S::undeclared,
            websocket: |options| {
                erase::<S, _>(WebSocketTransport(options), TransportKind::WebSocket)
            },
            longpoll: |options| {
                erase::<S, _>(LongPollTransport::new(options), TransportKind::LongPoll)
            },
        }
    }
}

fn fill<T: IntoSocket, App: 'static>(app: &(dyn Any + Send + Sync), slot: &mut dyn Any)
where
    T::Needs: Provide<App, T>,
{
    if let Some(app) = app.downcast_ref::<App>() {
        T::Needs::provide(app, slot);
    }
}

impl fmt::Debug for SocketDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketDef")
            .field("name", &self.name)
            .field("needs", &self.needs)
            .finish_non_exhaustive()
    }
}

/// A socket at a path.
#[derive(Clone, Copy, Debug)]
pub struct Mount {
    /// Such as `"/socket/:room_id"`.
    pub path: &'static str,
    /// The socket type.
    pub socket: SocketDef,
    /// The WebSocket transport; `None` if the mount has none.
    pub websocket: Option<WebSocket>,
    /// The longpoll transport; `None` if the mount has none.
    pub longpoll: Option<LongPoll>,
    /// Makes a transport of the application's own when the endpoint starts; `None` if the mount has none.
    pub transport: Option<fn(&Handle) -> CustomTransport>,
    /// How its connections drain; `None` closes all at once.
    pub drainer: Option<Drainer>,
    /// The level at which connections are logged; `None` is silent.
    pub log: Option<tracing::Level>,
    /// Where it is declared, as `file:line`.
    pub location: &'static str,
}
