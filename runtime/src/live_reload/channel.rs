//! The socket of frames, and its channel.

use std::{env, sync::atomic::Ordering::Relaxed};

use serde_json::{Value, json};

use crate::{
    channel::{
        Answer, Channel, ChannelSocket, Event, Join, JoinError, Joined, Multiplexer, Outlet, Reply,
        Route,
    },
    socket::{Connect, Refused},
    transport::Mount,
    transport::mount::SocketDef,
};

/// Where the socket is mounted.
pub(super) const PATH: &str = "/phoenix/live_reload/socket";

/// The topic of all frames.
pub(super) const TOPIC: &str = "phoenix:live_reload";

/// What tells frames of a change.
pub(super) const CHANGE: &str = "assets_change";

/// The parameter by which a frame says which start of the endpoint its page is of.
pub(super) const ENDPOINT_ID: &str = "endpoint_id";

/// The socket of frames, which logs nothing.
pub(crate) const MOUNT: &Mount = &Mount::new(
    PATH,
    SocketDef::of::<Multiplexer<LiveReloadSocket>, ()>("LiveReloadSocket"),
)
.log(None);

/// A frame's connection.
struct LiveReloadSocket {
    /// The endpoint has started anew since the page was loaded.
    is_stale: bool,
}

impl ChannelSocket for LiveReloadSocket {
    type State = ();

    const CHANNELS: &'static [Route<Self>] =
        &[Route::new::<LiveReloadChannel>(TOPIC, "LiveReloadChannel")];
    const MAX_CHANNELS: usize = 1;

    async fn connect(connect: Connect<()>) -> Result<Self, Refused> {
        let page = connect.params().as_str(ENDPOINT_ID);
        let is_stale = page.is_some_and(|page| page != connect.handle().endpoint_id());
        Ok(LiveReloadSocket { is_stale })
    }
}

struct LiveReloadChannel {
    is_stale: bool,
}

impl Channel for LiveReloadChannel {
    type Socket = LiveReloadSocket;
    type Info = ();
    type State = ();

    async fn join(join: Join<Self>) -> Result<Joined<Self>, JoinError> {
        if !join.handle().0.files_are_watched.load(Relaxed) {
            let message = json!({ "message": "live reload backend not running" });
            return Err(JoinError::with(message));
        }
        let is_stale = join.socket().is_stale;
        let editor = env::var("PLUG_EDITOR").ok();
        Ok(
            Joined::new(LiveReloadChannel { is_stale }).reply(match editor {
                Some(editor) => json!({ "editor_url": editor }),
                None => json!({}),
            }),
        )
    }

    async fn joined(&mut self, out: &mut Outlet) -> Answer {
        if self.is_stale {
            out.push(CHANGE, json!({ "asset_type": "" }));
        }
        Answer::NoReply
    }

    /// `full_path`: where an editor finds a file.
    async fn handle_in(&mut self, event: Event, _: &mut Outlet) -> Answer {
        let path = event.parse::<Value>().ok();
        let path = path.as_ref().and_then(|path| path["rel_path"].as_str());
        match (event.name(), path) {
            ("full_path", Some(path)) => {
                let full = env::current_dir().unwrap_or_default().join(path);
                Answer::Reply(Reply::ok(json!({ "full_path": full.to_string_lossy() })))
            }
            _ => Answer::NoReply,
        }
    }
}
