//! A socket at a path: what `socket("/path", Type, ..)` declares.

use std::{
    any::{Any, TypeId},
    fmt,
    panic::Location,
    pin::Pin,
    sync::Arc,
};

use super::{
    erased::{CustomTransport, ErasedTransport},
    longpoll, websocket,
};
use crate::{
    feature::Feature,
    handle::Handle,
    socket::{
        Children, Drainer, DrainerOptions, Draining, IntoSocket, LongPoll, Mounted, Needs, Socket,
        SocketOptions, WebSocket,
    },
    state::{AppState, Fill, Provide},
};

/// A socket type as data: its name and its entry points, without its type, and how it takes its
/// parts of an application's state.
#[derive(Clone, Copy)]
pub struct SocketDef {
    /// The type's name as written in the declaration.
    pub name: &'static str,
    pub(crate) type_id: fn() -> TypeId,
    pub(crate) needs: Needs,
    pub(crate) handles_control: bool,
    /// What the socket presets for its mounts.
    pub(crate) options: SocketOptions,
    /// The type of the application's state, and how the socket's parts are taken of it.
    pub(crate) app: fn() -> TypeId,
    pub(crate) fill: Fill,
    pub(crate) children: fn(&mut Children),
    pub(crate) drain: fn(Draining) -> Pin<Box<dyn Future<Output = ()> + Send>>,
    pub(crate) undeclared: fn(&AppState) -> Vec<(&'static str, &'static str)>,
    pub(crate) holds_channels: bool,
    pub(crate) channel_of: fn(&str) -> Option<&'static str>,
    pub(crate) websocket: fn(&'static WebSocket) -> Arc<dyn ErasedTransport>,
    pub(crate) longpoll: fn(&'static LongPoll) -> Option<Arc<dyn ErasedTransport>>,
}

impl SocketDef {
    /// The entry points of a socket type: of one that implements [`Socket`], or holds channels.
    /// `App` is the state of the endpoint, of which the socket takes its parts.
    pub const fn of<T: IntoSocket, App: Send + Sync + 'static>(name: &'static str) -> Self
    where
        T::Needs: Provide<App, T>,
        T::Socket: Socket,
    {
        SocketDef::new::<T::Socket>(name, TypeId::of::<App>, fill::<T, App>)
    }

    pub(super) const fn new<S: Socket>(
        name: &'static str,
        app: fn() -> TypeId,
        fill: Fill,
    ) -> Self {
        SocketDef {
            name,
            type_id: TypeId::of::<S>,
            needs: S::NEEDS,
            handles_control: S::HANDLES_CONTROL,
            options: S::OPTIONS,
            app,
            fill,
            children: S::children,
            drain: |draining| Box::pin(S::drain(draining)),
            undeclared: S::undeclared,
            holds_channels: S::HOLDS_CHANNELS,
            channel_of: S::channel_of,
            websocket: websocket::erased::<S>,
            longpoll: longpoll::erased::<S>,
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

/// A socket at a path: [`Mount::new`], and what differs from it.
///
/// ```
/// # use landfall::{Message, socket::{Connect, Flow, Outbox, Refused}};
/// use std::time::Duration;
///
/// use landfall::{
///     Endpoint, Socket,
///     endpoint::EndpointDef,
///     mount::{LongPoll, Mount, SocketDef},
/// };
///
/// struct Echo;
///
/// impl Socket for Echo {
///     // ..
/// #   type Info = ();
/// #   type State = ();
/// #   async fn connect(_: Connect<()>) -> Result<Self, Refused> { Ok(Echo) }
/// #   async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
/// #       out.push(message);
/// #       Flow::Continue
/// #   }
/// }
///
/// struct Web;
///
/// impl Endpoint for Web {
///     type State = ();
///
///     const DEF: &'static EndpointDef = &EndpointDef {
///         name: "Web",
///         mounts: &[
///             Mount::new("/echo", SocketDef::of::<Echo, ()>("Echo")),
///             Mount::new("/quiet", SocketDef::of::<Echo, ()>("Echo"))
///                 .longpoll(LongPoll { window: Duration::from_secs(15), ..LongPoll::DEFAULT })
///                 .log(None),
///         ],
///         ..EndpointDef::DEFAULT
///     };
/// }
/// ```
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
    /// Makes a transport of the application's own when the endpoint starts; `None` if the mount has
    /// none.
    pub transport: Option<fn(&Handle) -> CustomTransport>,
    /// How its connections drain; `None` closes all at once.
    pub drainer: Option<DrainerOptions>,
    /// The level at which connections are logged; `None` is silent.
    pub log: Option<tracing::Level>,
    /// Where it is declared. Errors at the start name it.
    pub location: &'static Location<'static>,
}

impl Mount {
    /// A socket at a path, such as `"/socket/:room_id"`. It has the WebSocket transport, and all
    /// else is as the socket's [`OPTIONS`](Socket::OPTIONS) say.
    #[track_caller]
    pub const fn new(path: &'static str, socket: SocketDef) -> Self {
        let options = socket.options;
        Mount {
            path,
            socket,
            websocket: Some(options.websocket),
            longpoll: options.longpoll,
            transport: None,
            drainer: options.drainer,
            log: options.log,
            location: Location::caller(),
        }
    }

    /// What the socket sees of it, with its drainer as it is at this start.
    pub(crate) fn seen(&self, drainer: Option<Drainer>) -> Mounted {
        Mounted {
            path: self.path,
            websocket: self.websocket,
            longpoll: self.longpoll,
            drainer,
            log: self.log,
        }
    }

    /// The first feature that it needs and that is off.
    pub(crate) const fn lacking(&self) -> Option<Feature> {
        if let Some(websocket) = &self.websocket
            && websocket.compress
            && let Some(feature) = Feature::COMPRESS.lacking()
        {
            return Some(feature);
        }
        match self.longpoll {
            Some(_) => Feature::LONGPOLL.lacking(),
            None => None,
        }
    }

    /// Serves WebSocket, with these options.
    #[must_use]
    pub const fn websocket(mut self, options: WebSocket) -> Self {
        self.websocket = Some(options);
        self
    }

    /// Serves no WebSocket.
    #[must_use]
    pub const fn without_websocket(mut self) -> Self {
        self.websocket = None;
        self
    }

    /// Serves longpoll, with these options.
    #[must_use]
    pub const fn longpoll(mut self, options: LongPoll) -> Self {
        self.longpoll = Some(options);
        self
    }

    /// Serves no longpoll.
    #[must_use]
    pub const fn without_longpoll(mut self) -> Self {
        self.longpoll = None;
        self
    }

    /// Serves a transport of the application's own, which is made when the endpoint starts.
    #[must_use]
    pub const fn transport(mut self, make: fn(&Handle) -> CustomTransport) -> Self {
        self.transport = Some(make);
        self
    }

    /// Sets how its connections drain when the endpoint stops; `None` closes all at once.
    #[must_use]
    pub const fn drainer(mut self, drainer: Option<DrainerOptions>) -> Self {
        self.drainer = drainer;
        self
    }

    /// Sets the level at which connections are logged; `None` is silent.
    #[must_use]
    pub const fn log(mut self, level: Option<tracing::Level>) -> Self {
        self.log = level;
        self
    }
}
