//! The attacks by their names.

use std::{fmt, io, net::SocketAddr};

use futures_util::future::BoxFuture;

use super::{Attacker, Sent, channels, http2, longpoll, raw};

/// The target of attacks: an address, and paths of mounts.
#[derive(Clone, Debug)]
pub struct Target {
    /// The address of the server.
    pub address: SocketAddr,
    /// An echo mount that hangs on the text `hang`: WebSocket with compression, and longpoll.
    pub raw: String,
    /// A mount with channels `room:*`: the event `hang` hangs, and so does a join of `room:never`.
    pub channels: String,
}

/// The result of an attack.
#[derive(Debug)]
pub struct Open {
    /// The server's response to it.
    pub verdict: String,
    /// Connections that are still open.
    pub attackers: Vec<Attacker>,
}

/// An attack.
#[derive(Clone, Copy)]
pub struct Attack {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Runs it, and leaves its connections open.
    pub run: fn(&Target) -> BoxFuture<'_, io::Result<Open>>,
}

impl fmt::Debug for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attack")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

macro_rules! attacks {
    ($($name:literal, $run:path, $about:literal;)*) => {
        /// All attacks. What each sends and how long it waits is bounded.
        pub const ATTACKS: &[Attack] = &[$(
            Attack { name: $name, about: $about, run: |target| Box::pin($run(target)) },
        )*];
    };
}

attacks! {
    "topics", channels::huge_topics, "100 joins with topics of 7.9 MB";
    "refs", channels::huge_refs, "100 joins with two refs of 3.9 MB each";
    "pushes", channels::pushes_to_slow_handlers, "8 channels that hang, 100 pushes of 4 MB to each";
    "joins", channels::joins_that_hang, "200,000 joins of one topic that never answers";
    "rejoins", channels::rejoins_of_hanging_handlers, "50,000 times a join, and a push that hangs";
    "echoes", raw::echoes_that_are_not_read, "1 GB to an echo that is not read";
    "halves", raw::half_frames, "16 frames of 8 MiB, each without its last byte";
    "fragments", raw::fragments, "8 MiB in fragments of 100 bytes, and 200,000 empty ones";
    "bombs", raw::bombs, "500 messages of 8 MiB, compressed, in one write";
    "pings", raw::pings, "2 million pings whose pongs are not read";
    "heads", longpoll::half_heads, "1,000 requests whose heads do not end";
    "bodies", longpoll::bodies, "20 bodies of 8 MB for a session that hangs";
    "left", longpoll::bodies_left_behind, "20 bodies of 8 MB whose senders leave at once";
    "sessions", longpoll::sessions, "10,000 sessions by one address";
    "h2-resets", http2::resets, "HTTP/2: requests that are reset at once, on 20 connections";
    "h2-sockets", http2::sockets, "HTTP/2: sockets that are reset at once, on 20 connections";
    "h2-heads", http2::heads, "HTTP/2: heads that go on in CONTINUATION frames, on 20 connections";
    "h2-pings", http2::pings, "HTTP/2: PING frames, on 20 connections";
    "h2-settings", http2::settings, "HTTP/2: SETTINGS frames, on 20 connections";
    "h2-data", http2::data, "HTTP/2: empty DATA frames, on 20 connections";
}

impl Open {
    /// A summary of attackers that all did the same.
    pub(super) fn after(sent: Sent, attackers: Vec<Attacker>) -> Self {
        Open {
            verdict: sent.to_string(),
            attackers,
        }
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sent::All => "took everything",
            Sent::Stalled => "stopped reading",
            Sent::Closed => "closed the connection",
        })
    }
}
