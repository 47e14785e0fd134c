//! The socket of the page, and its channel.

use serde::Serialize;
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::{
    known::{Known, Sample},
    listings,
    log_lines::LogLine,
    sampler::TOPIC,
    time::since_1970,
};
use crate::{
    channel::{
        Answer, Channel, ChannelSocket, Event, Join, JoinError, Joined, Multiplexer, Outlet, Reply,
        Route,
    },
    origin::CheckOrigin,
    pubsub::Json,
    socket::{Connect, Refused, WebSocket},
    transport::Mount,
    transport::mount::SocketDef,
};

/// Where the socket is mounted: requests for that of the declared path are led here, and no others.
pub(super) const PATH: &str = "/landfall/dashboard/socket";

/// The socket, below the dashboard's path.
pub(super) const SOCKET: &str = "/socket";

/// The parameter by which a page proves that it is one of this endpoint.
const TOKEN: &str = "token";

/// The maximum number of log lines of a page that begins.
const LINES: usize = 200;

/// The socket of pages, which logs nothing. Its token says which pages may open it, by whatever
/// name of the endpoint they were loaded.
pub(crate) const MOUNT: &Mount = &Mount::new(
    PATH,
    SocketDef::of::<Multiplexer<DashboardSocket>, ()>("DashboardSocket"),
)
.websocket(WebSocket {
    check_origin: Some(CheckOrigin::Off),
    ..WebSocket::DEFAULT
})
.log(None);

/// A page's connection. A page of another site cannot read the token, whatever `check_origin` says.
struct DashboardSocket;

impl ChannelSocket for DashboardSocket {
    type State = ();

    const CHANNELS: &'static [Route<Self>] =
        &[Route::new::<DashboardChannel>(TOPIC, "DashboardChannel")];
    const MAX_CHANNELS: usize = 1;

    async fn connect(connect: Connect<()>) -> Result<Self, Refused> {
        let expected = Known::of(connect.handle()).map(|known| known.token.as_bytes());
        let given = connect.params().as_str(TOKEN).map(str::as_bytes);
        let is_ours = given
            .zip(expected)
            .is_some_and(|(given, expected)| given.ct_eq(expected).into());
        match is_ours {
            true => Ok(DashboardSocket),
            false => Err(Refused::new()),
        }
    }
}

/// What a page begins with.
#[derive(Serialize)]
struct Begin<'a> {
    node: Option<&'a str>,
    version: &'a str,
    started: u64,
    samples: Vec<Sample>,
    /// `None` if nobody keeps lines.
    lines: Option<Vec<LogLine>>,
}

struct DashboardChannel;

impl Channel for DashboardChannel {
    type Socket = DashboardSocket;
    type Info = ();
    type State = ();

    async fn join(join: Join<Self>) -> Result<Joined<Self>, JoinError> {
        let handle = join.handle();
        let Some(known) = Known::of(handle) else {
            return Err(JoinError::because("no dashboard"));
        };
        let begin = Begin {
            node: handle.node(),
            version: env!("CARGO_PKG_VERSION"),
            started: since_1970(known.started),
            samples: known.all(),
            lines: known.lines.as_ref().map(|lines| lines.after(0, LINES).0),
        };
        Ok(Joined::new(DashboardChannel).reply(Json(begin)))
    }

    async fn handle_in(&mut self, event: Event, out: &mut Outlet) -> Answer {
        let asked = event.parse::<Value>().unwrap_or_default();
        let answer = listings::answer(event.name(), &asked, out.handle());
        Answer::Reply(match answer {
            Some(answer) => Reply::ok(Json(answer)),
            None => Reply::because("not understood"),
        })
    }
}
