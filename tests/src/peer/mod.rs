//! The application that the golden transcripts were recorded from, rebuilt with Landfall.
//!
//! | file | what |
//! | --- | --- |
//! | `main_endpoint` | the first endpoint, with a mount for each configuration |
//! | `other_endpoints` | endpoints with other `url` and `check_origin`, and one that is stopped |
//! | `errors` | endpoints that differ in how they render errors, and their pages, which fail |
//! | `parsers` | the parameters of those pages |
//! | `forced` | endpoints that differ in `force_ssl`, two of them with `https` |
//! | `echo` | what most sockets do, by text commands |
//! | `sockets` | the sockets: which connect_info they read, and what they do otherwise |
//! | `users` | sockets that hold channels |
//! | `rooms` | their channels |
//! | `sessions` | the sessions of its mounts, `/login` and `/whoami` |
//! | `files` | static files, by every option that cases name |
//! | `fan` | a socket that broadcasts to all subscribers of its topic |
//! | `restart` | the endpoint that is stopped and started again |
//! | `control` | HTTP: `/hello`, `/fan`, and `/ctl/..` for tests |
//! | `diary` | the state: what sockets were told at their end |
//!
//! Ports count from the first endpoint's: 1 to 8 are about `force_ssl` (6 and 8 are the `https` of
//! 5 and 7), 10 to 13 render errors, 14 to 17 check origins, 20 can be stopped. All share one
//! PubSub and one diary.
//!
//! Two configurations of the original cannot be declared, by design. `/sub_empty` (an empty list of
//! subprotocols) is mounted by hand. `/sub_bad` (a string instead of a list) has no type here.
//! Phoenix refuses each of its clients, and so does its socket.

mod control;
mod diary;
mod echo;
mod errors;
mod fan;
mod files;
mod forced;
mod main_endpoint;
mod other_endpoints;
mod parsers;
mod restart;
mod rooms;
mod sessions;
mod sockets;
mod users;

use std::net::TcpListener;

use landfall::{
    Endpoint, Running,
    config::{Group, Https, Setting, Settings},
    pubsub::PubSub,
};

use self::{
    diary::Diary,
    main_endpoint::Main,
    other_endpoints::{HostOnly, NoHost, OwnOrigins, Unchecked},
    restart::Stoppable,
};

/// The default port of the first endpoint.
pub const BASE_PORT: u16 = 41_000;

/// The running endpoints.
#[derive(Debug)]
pub struct Peer {
    main: Running<Main>,
    others: Option<Others>,
}

/// What all endpoints have in common.
#[derive(Default)]
struct Shared {
    pubsub: PubSub,
    diary: Diary,
}

#[derive(Debug)]
struct Others {
    own_origins: Running<OwnOrigins>,
    host_only: Running<HostOnly>,
    no_host: Running<NoHost>,
    unchecked: Running<Unchecked>,
    stopper: Stoppable,
    forced: forced::All,
    errors: errors::All,
}

impl Peer {
    /// Starts all endpoints, or the first only. The first listens on `base_port`.
    ///
    /// # Errors
    /// When a port is taken.
    pub async fn start(base_port: u16, only_main: bool) -> Result<Peer, landfall::Error> {
        let shared = Shared::default();
        let main = start::<Main>(base_port, &shared).await?;
        let others = if only_main {
            None
        } else {
            Some(Others::start(base_port, &shared).await?)
        };
        Ok(Peer { main, others })
    }

    /// Starts the first endpoint alone, with static files that are embedded.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start_embedded(base_port: u16) -> Result<Peer, landfall::Error> {
        let mut shared = Shared::default();
        shared.diary.embedded = true;
        Ok(Peer {
            main: start::<Main>(base_port, &shared).await?,
            others: None,
        })
    }

    /// Runs until the process is told to stop, then stops in order.
    ///
    /// # Errors
    /// When connections had to be cut off.
    pub async fn wait_for_signal(self) -> Result<(), landfall::Error> {
        self.main.wait_for_signal().await?;
        match self.others {
            Some(others) => others.shutdown().await,
            None => Ok(()),
        }
    }

    /// Stops all endpoints.
    ///
    /// # Errors
    /// When connections had to be cut off.
    pub async fn shutdown(self) -> Result<(), landfall::Error> {
        self.main.shutdown().await?;
        match self.others {
            Some(others) => others.shutdown().await,
            None => Ok(()),
        }
    }
}

impl Others {
    async fn start(base_port: u16, shared: &Shared) -> Result<Self, landfall::Error> {
        let stopper = shared.diary.stopper.clone();
        stopper.start(base_port + 20, shared).await?;
        Ok(Others {
            own_origins: start(base_port + 14, shared).await?,
            host_only: start(base_port + 15, shared).await?,
            no_host: start(base_port + 16, shared).await?,
            unchecked: start(base_port + 17, shared).await?,
            stopper,
            forced: forced::All::start(base_port, shared).await?,
            errors: errors::All::start(base_port, shared).await?,
        })
    }

    async fn shutdown(self) -> Result<(), landfall::Error> {
        self.own_origins.shutdown().await?;
        self.host_only.shutdown().await?;
        self.no_host.shutdown().await?;
        self.unchecked.shutdown().await?;
        self.stopper.shutdown().await?;
        self.forced.shutdown().await?;
        self.errors.shutdown().await
    }
}

async fn start<E: Endpoint<State = Diary>>(
    port: u16,
    shared: &Shared,
) -> Result<Running<E>, landfall::Error> {
    start_with(port, None, shared).await
}

async fn start_with<E: Endpoint<State = Diary>>(
    port: u16,
    https: Option<Https>,
    shared: &Shared,
) -> Result<Running<E>, landfall::Error> {
    let settings = |settings: &mut Settings| {
        settings.http.get_or_insert_default().port = Setting::exact(port);
        settings.https = https.map_or(Group::UNSET, Group::on);
    };
    E::builder_with(shared.diary.clone())
        .pubsub(shared.pubsub.clone())
        .settings(settings)
        .start()
        .await
}

/// A port that is free together with the next twenty. Another process may still take them.
pub fn free_ports() -> Option<u16> {
    let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let start = u16::try_from(std::process::id() % 1_000).unwrap_or_default() * 21;
    (0..1_000u16)
        .map(|n| 20_000 + (start + n * 21) % 12_000)
        .find(|base| (*base..*base + 21).all(free))
}
