//! Reports the state of an endpoint to systemd, as `sd_notify` does.

use std::{
    convert::Infallible,
    ffi::{OsStr, OsString},
    io,
    os::unix::net::{SocketAddr, UnixDatagram},
    time::Duration,
};

/// The socket that `NOTIFY_SOCKET` names.
#[derive(Debug)]
pub(super) struct ServiceManager {
    socket: UnixDatagram,
    address: SocketAddr,
    /// The interval of its watchdog.
    watchdog: Option<Duration>,
}

impl ServiceManager {
    /// `None` if `NOTIFY_SOCKET` is not set or cannot be used.
    pub(super) fn of_process() -> Option<Self> {
        let variable = |name: &str| std::env::var_os(name);
        let found = ServiceManager::of(variable, std::process::id())?;
        found
            .inspect_err(|error| tracing::warn!(%error, "systemd is told nothing"))
            .ok()
    }

    fn of(variable: impl Fn(&str) -> Option<OsString>, process: u32) -> Option<io::Result<Self>> {
        let name = variable("NOTIFY_SOCKET").filter(|name| !name.is_empty())?;
        let open = || {
            let socket = UnixDatagram::unbound()?;
            socket.set_nonblocking(true)?;
            Ok(ServiceManager {
                socket,
                address: address(&name)?,
                watchdog: watchdog(&variable, process),
            })
        };
        Some(open())
    }

    /// Reports that the endpoint takes requests.
    pub(super) fn ready(&self) {
        self.tell("READY=1");
    }

    /// Reports that the endpoint begins to stop.
    pub(super) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Reports twice in each interval of the watchdog that the process is alive.
    pub(super) async fn keep_alive(&self) -> Infallible {
        let Some(interval) = self.watchdog else {
            return std::future::pending().await;
        };
        let mut ticks = tokio::time::interval(interval / 2);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.tell("WATCHDOG=1");
        }
    }

    fn tell(&self, state: &str) {
        if let Err(error) = self.socket.send_to_addr(state.as_bytes(), &self.address) {
            tracing::warn!(state, %error, "systemd was not told");
        }
    }
}

fn address(name: &OsStr) -> io::Result<SocketAddr> {
    match name.as_encoded_bytes() {
        [b'@', name @ ..] => abstract_address(name),
        [b'/', ..] => SocketAddr::from_pathname(name),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "`NOTIFY_SOCKET` is neither an absolute path nor a name that begins with `@`",
        )),
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn abstract_address(name: &[u8]) -> io::Result<SocketAddr> {
    #[cfg(target_os = "android")]
    use std::os::android::net::SocketAddrExt;
    #[cfg(target_os = "linux")]
    use std::os::linux::net::SocketAddrExt;
    SocketAddr::from_abstract_name(name)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn abstract_address(_: &[u8]) -> io::Result<SocketAddr> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The interval of the watchdog. Child processes inherit the variables, so `WATCHDOG_PID` names the
/// process that they are for.
fn watchdog(variable: impl Fn(&str) -> Option<OsString>, process: u32) -> Option<Duration> {
    let number = |name| variable(name)?.into_string().ok()?.parse::<u64>().ok();
    let is_ours =
        variable("WATCHDOG_PID").is_none() || number("WATCHDOG_PID") == Some(process.into());
    let interval = number("WATCHDOG_USEC").filter(|micros| *micros > 0 && is_ours)?;
    Some(Duration::from_micros(interval))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    type Variables = [(&'static str, &'static str)];

    fn of(name: &str, others: &Variables) -> Option<io::Result<ServiceManager>> {
        let variable = |wanted: &str| match wanted {
            "NOTIFY_SOCKET" => Some(name.into()),
            _ => {
                let (_, value) = others.iter().find(|(name, _)| *name == wanted)?;
                Some((*value).into())
            }
        };
        ServiceManager::of(variable, 7)
    }

    fn heard(socket: &UnixDatagram) -> String {
        let mut state = [0; 64];
        let length = socket.recv(&mut state).unwrap();
        String::from_utf8(state[..length].to_vec()).unwrap()
    }

    /// Listens at a path that no other test has.
    fn at_a_path() -> (String, UnixDatagram) {
        use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
        static TESTS: AtomicUsize = AtomicUsize::new(0);

        let name = format!(
            "landfall-notify-{}-{}",
            std::process::id(),
            TESTS.fetch_add(1, Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        let socket = UnixDatagram::bind(&path).unwrap();
        (path.to_str().unwrap().to_owned(), socket)
    }

    #[test]
    fn each_state_is_a_datagram() {
        let (path, socket) = at_a_path();
        let manager = of(&path, &[]).unwrap().unwrap();
        manager.ready();
        assert_eq!(heard(&socket), "READY=1");
        manager.stopping();
        assert_eq!(heard(&socket), "STOPPING=1");
        std::fs::remove_file(path).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_socket_may_have_an_abstract_name() {
        use std::os::linux::net::SocketAddrExt;

        let name = format!("landfall-notify-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let socket = UnixDatagram::bind_addr(&address).unwrap();
        of(&format!("@{name}"), &[]).unwrap().unwrap().ready();
        assert_eq!(heard(&socket), "READY=1");
    }

    #[tokio::test(start_paused = true)]
    async fn the_watchdog_hears_of_it_twice_in_its_time() {
        let (path, socket) = at_a_path();
        socket.set_nonblocking(true).unwrap();
        let manager = of(
            &path,
            &[("WATCHDOG_USEC", "4000000"), ("WATCHDOG_PID", "7")],
        );
        let manager = manager.unwrap().unwrap();
        let alive = tokio::time::timeout(Duration::from_secs(9), manager.keep_alive());
        alive.await.unwrap_err();
        for _ in [0, 2, 4, 6, 8] {
            assert_eq!(heard(&socket), "WATCHDOG=1");
        }
        assert!(socket.recv(&mut [0; 64]).is_err());
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn another_process_has_a_watchdog_of_its_own() {
        let watchdog = |others: &Variables| of("@name", others).unwrap().unwrap().watchdog;
        let second = ("WATCHDOG_USEC", "1000000");
        assert_eq!(watchdog(&[second]), Some(Duration::from_secs(1)));
        assert_eq!(watchdog(&[second, ("WATCHDOG_PID", "8")]), None);
        assert_eq!(watchdog(&[("WATCHDOG_USEC", "0")]), None);
        assert_eq!(watchdog(&[("WATCHDOG_USEC", "soon")]), None);
        assert_eq!(watchdog(&[]), None);
    }

    #[test]
    fn nobody_is_told_where_nobody_listens() {
        assert!(of("", &[]).is_none());
        assert!(of("relative", &[]).unwrap().is_err());
        // If the manager is gone, that is only logged.
        of("/nowhere/at/all", &[]).unwrap().unwrap().ready();
    }
}
