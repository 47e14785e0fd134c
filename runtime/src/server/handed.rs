//! Sockets that systemd hands over (`LISTEN_FDS`), or a tool that does as it does.
//!
//! A process has them for its whole life: so they stand beside its environment, not in an endpoint.
//! An endpoint takes duplicates. Connections that arrive while no endpoint accepts them wait in the
//! original.

use std::{
    env, io,
    net::TcpListener,
    os::unix::net::UnixListener,
    path::PathBuf,
    process,
    sync::{Arc, LazyLock, Mutex, PoisonError, Weak},
};

use listenfd::ListenFd;
use socket2::SockRef;

use super::{Bound, claim::Claim};
use crate::{address::Address, grammar::spelling};

/// The name of sockets without `LISTEN_FDNAMES`, as systemd has it.
const UNNAMED: &str = "unknown";

static OF_PROCESS: LazyLock<Mutex<Handed>> = LazyLock::new(|| Mutex::new(Handed::of_process()));

/// The sockets of this process.
struct Handed {
    sockets: Vec<Handle>,
    /// The process that they are meant for, if that is another one.
    stranger: Option<String>,
}

struct Handle {
    name: String,
    socket: io::Result<Socket>,
    claim: Weak<()>,
}

enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// Listens on the sockets with this name, or on all of them.
///
/// # Errors
/// If there is none, if one of them is not a listening stream socket, or if another listener has
/// it.
pub(crate) fn take(name: Option<&str>) -> io::Result<Vec<Bound>> {
    let mut handed = OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    handed.take(name)
}

/// The name of the socket of `landfall dev`.
const DEV: &str = "landfall-dev";

/// The socket that `landfall dev` hands over, if it has this port: the listener takes it in place
/// of one of its own, so that nobody is refused while a program is replaced by the next one.
pub(crate) fn take_of_dev(port: u16) -> Option<io::Result<Bound>> {
    let mut handed = OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    let of_dev = |handle: &&mut Handle| {
        handle.name == DEV
            && handle
                .socket
                .as_ref()
                .is_ok_and(|socket| socket.has_port(port))
    };
    handed.sockets.iter_mut().find(of_dev).map(Handle::open)
}

impl Handed {
    fn of_process() -> Self {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let stranger = variable("LISTEN_PID").filter(|pid| *pid != process::id().to_string());
        if variable("LISTEN_FDS").is_none() || stranger.is_some() {
            return Handed {
                sockets: Vec::new(),
                stranger,
            };
        }
        let names = variable("LISTEN_FDNAMES").unwrap_or_default();
        let names = names.split(':').chain(std::iter::repeat(UNNAMED));
        let names = names.map(|name| if name.is_empty() { UNNAMED } else { name });
        // This removes the variables, and children do not inherit a socket that is taken from it.
        let mut from = ListenFd::from_env();
        let sockets = (0..from.len()).zip(names).map(|(index, name)| Handle {
            name: name.to_owned(),
            socket: Socket::take(&mut from, index),
            claim: Weak::new(),
        });
        Handed {
            sockets: sockets.collect(),
            stranger: None,
        }
    }

    fn take(&mut self, wanted: Option<&str>) -> io::Result<Vec<Bound>> {
        let is_wanted = |handle: &Handle| wanted.is_none_or(|wanted| handle.name == wanted);
        if !self.sockets.iter().any(is_wanted) {
            return Err(self.none(wanted));
        }
        let wanted = self.sockets.iter_mut().filter(|handle| is_wanted(handle));
        wanted.map(Handle::open).collect()
    }

    /// There is no socket with this name, or none at all.
    fn none(&self, wanted: Option<&str>) -> io::Error {
        let names = spelling::list(self.sockets.iter().map(|handle| handle.name.as_str()));
        let text = match (wanted, &self.stranger) {
            (_, Some(stranger)) => format!(
                "the sockets are for process {stranger} (`LISTEN_PID`), this is process {}",
                process::id()
            ),
            (Some(name), None) if !self.sockets.is_empty() => {
                format!("no socket with the name `{name}` was handed over, but {names}")
            }
            _ => "no socket was handed over: `LISTEN_FDS` is not set".to_owned(),
        };
        io::Error::new(io::ErrorKind::NotFound, text)
    }
}

impl Handle {
    fn open(&mut self) -> io::Result<Bound> {
        let name = &self.name;
        let socket = match &self.socket {
            Ok(socket) => socket,
            Err(error) => {
                let text = format!("socket `{name}`: {error}");
                return Err(io::Error::new(error.kind(), text));
            }
        };
        if self.claim.strong_count() > 0 {
            let text = format!("socket `{name}` is taken by another listener");
            return Err(io::Error::new(io::ErrorKind::AddrInUse, text));
        }
        let claim = Arc::new(());
        let bound = socket.open(Claim(claim.clone()))?;
        self.claim = Arc::downgrade(&claim);
        Ok(bound)
    }
}

impl Socket {
    fn take(from: &mut ListenFd, index: usize) -> io::Result<Self> {
        let socket = match from.take_unix_listener(index) {
            Ok(Some(listener)) => Socket::Unix(listener),
            _ => match from.take_tcp_listener(index)? {
                Some(listener) => Socket::Tcp(listener),
                None => return Err(io::ErrorKind::NotFound.into()),
            },
        };
        if socket.listens()? {
            Ok(socket)
        } else {
            let text = "it does not listen: `Accept=yes` is not for servers";
            Err(io::Error::new(io::ErrorKind::InvalidInput, text))
        }
    }

    fn has_port(&self, port: u16) -> bool {
        match self {
            Socket::Tcp(listener) => listener.local_addr().is_ok_and(|at| at.port() == port),
            Socket::Unix(_) => false,
        }
    }

    /// Where the system cannot tell, the first `accept` does.
    fn listens(&self) -> io::Result<bool> {
        let socket = match self {
            Socket::Tcp(listener) => SockRef::from(listener),
            Socket::Unix(listener) => SockRef::from(listener),
        };
        #[cfg(any(target_os = "android", target_os = "freebsd", target_os = "linux"))]
        return socket.is_listener();
        #[cfg(not(any(target_os = "android", target_os = "freebsd", target_os = "linux")))]
        {
            let _ = socket;
            Ok(true)
        }
    }

    fn open(&self, claim: Claim) -> io::Result<Bound> {
        match self {
            Socket::Tcp(listener) => Bound::handed_tcp(listener.try_clone()?, claim),
            Socket::Unix(listener) => {
                let address = match listener.local_addr()?.as_pathname() {
                    Some(path) => Address::Unix(path.to_owned()),
                    None => abstract_name(listener).map_or(Address::Unnamed, Address::Unix),
                };
                Bound::handed_unix(listener.try_clone()?, address, claim)
            }
        }
    }
}

/// An abstract name, as systemd writes it: with `@` in front.
fn abstract_name(listener: &UnixListener) -> Option<PathBuf> {
    #[cfg(any(target_os = "android", target_os = "linux"))]
    {
        #[cfg(target_os = "android")]
        use std::os::android::net::SocketAddrExt;
        #[cfg(target_os = "linux")]
        use std::os::linux::net::SocketAddrExt;
        let address = listener.local_addr().ok()?;
        let name = String::from_utf8_lossy(address.as_abstract_name()?).into_owned();
        Some(format!("@{}", name.escape_debug()).into())
    }
    #[cfg(not(any(target_os = "android", target_os = "linux")))]
    {
        let _ = listener;
        None
    }
}
