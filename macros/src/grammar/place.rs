//! Where a listener is: an address, a Unix socket, or a socket that systemd hands over.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::Mistake;

/// Where a listener is. `T` holds the text of a path or a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place<T> {
    /// `"::1"`, or `"[::1]:4001"` with a port of its own.
    Address(IpAddr, Option<u16>),
    /// `"unix:/run/app.sock"`.
    Unix(T),
    /// `"systemd"`: all sockets that are handed over; `"systemd:web"`: those of this name.
    Systemd(Option<T>),
}

impl<'a> Place<&'a str> {
    /// `None` if the text is no place.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        if let Ok(address) = text.parse() {
            return Some(Place::Address(address, None));
        }
        if let Ok(socket) = text.parse::<SocketAddr>() {
            return Some(Place::Address(socket.ip(), Some(socket.port())));
        }
        match text.split_once(':') {
            Some(("unix", path)) if !path.is_empty() => Some(Place::Unix(path)),
            Some(("systemd", name)) if is_name(name) => Some(Place::Systemd(Some(name))),
            None if text == "systemd" => Some(Place::Systemd(None)),
            _ => None,
        }
    }
}

/// What systemd takes as `FileDescriptorName=`.
fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b':';
    (1..=255).contains(&name.len()) && name.bytes().all(allowed)
}

/// A place, and what else decides whether two listeners take each other's connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken<'a, T> {
    pub(crate) place: &'a Place<T>,
    /// The port of a place without one.
    pub(crate) port: u16,
    pub(crate) ipv6_only: bool,
}

impl<T: AsRef<str>> Taken<'_, T> {
    /// Whether only one of two listeners can be opened.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        match (self.place, other.place) {
            (Place::Unix(one), Place::Unix(other)) => one.as_ref() == other.as_ref(),
            (Place::Systemd(Some(one)), Place::Systemd(Some(other))) => {
                one.as_ref() == other.as_ref()
            }
            (Place::Systemd(_), Place::Systemd(_)) => true,
            (Place::Address(one, port), Place::Address(two, port_of_two)) => {
                let port = port.unwrap_or(self.port);
                port != 0
                    && port == port_of_two.unwrap_or(other.port)
                    && (one.to_canonical() == two.to_canonical()
                        || self.contains(*one, *two)
                        || other.contains(*two, *one))
            }
            _ => false,
        }
    }

    /// Whether `any` is an address for all of this machine, `other` among them.
    fn contains(&self, any: IpAddr, other: IpAddr) -> bool {
        match any {
            IpAddr::V4(any) => any == Ipv4Addr::UNSPECIFIED && other.to_canonical().is_ipv4(),
            IpAddr::V6(any) => any == Ipv6Addr::UNSPECIFIED && (other.is_ipv6() || !self.ipv6_only),
        }
    }
}

/// The mistake of an `ip` that is no place. `text`: what is written, if it is text.
pub(crate) fn not_a_place(text: Option<&str>) -> Mistake {
    match text.and_then(|text| text.split_once(':')) {
        Some(("systemd", _)) => {
            return Mistake::new("this is not a name of systemd's sockets").help(
                "write `\"systemd\"`, or `\"systemd:name\"` with the `FileDescriptorName=` of a socket unit",
            );
        }
        Some(("unix", "")) => {
            return Mistake::new("`unix:` has no path").help("write `\"unix:/run/app.sock\"`");
        }
        _ => {}
    }
    Mistake::new(
        "this is not an IPv4 address (4 numbers 0-255) or IPv6 address (8 numbers 0-65535)",
    )
    .help("write `ip = [0, 0, 0, 0]`, `ip = \"::1\"`, `ip = \"unix:/run/app.sock\"` or `ip = \"systemd\"`")
    .help("or a list of such: `ip = [\"127.0.0.1\", \"[::1]:4001\"]`")
}

/// The mistake of an empty list.
pub(crate) fn nowhere() -> Mistake {
    Mistake::new("`ip` is an empty list: nothing would listen")
        .help("write `ip = [\"0.0.0.0\"]`, or `server = false`")
}

/// The mistake of two places of which only one can be opened. Each is said as it is written.
pub(crate) fn overlap(one: &str, other: &str) -> Mistake {
    if one == other && one.starts_with("systemd") {
        return Mistake::new(format!("`{one}` is taken twice"))
            .help("give each socket unit a `FileDescriptorName=`, and write `\"systemd:name\"`");
    }
    if one.starts_with("systemd") {
        return Mistake::new(format!(
            "`{one}` and `{other}` take the same sockets of systemd"
        ))
        .help("write the name of each: `\"systemd:name\"`");
    }
    if one == other {
        return Mistake::new(format!("`{one}` is taken twice")).help("remove one of them");
    }
    let mistake = Mistake::new(format!(
        "`{one}` and `{other}` overlap: only one of them can be opened"
    ));
    match [one, other]
        .iter()
        .any(|place| place.starts_with("::") || place.starts_with("[::]"))
    {
        true => mistake.help(
            "`::` takes IPv4 connections too: remove the other one, or write `ipv6_only = true`",
        ),
        false => mistake.help("remove one of them, or change its port"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_kind_of_place() {
        let four = IpAddr::from([127, 0, 0, 1]);
        let six = IpAddr::from(Ipv6Addr::LOCALHOST);
        for (text, place) in [
            ("127.0.0.1", Some(Place::Address(four, None))),
            ("127.0.0.1:0", Some(Place::Address(four, Some(0)))),
            ("::1", Some(Place::Address(six, None))),
            ("[::1]:4001", Some(Place::Address(six, Some(4001)))),
            ("unix:/run/a:b", Some(Place::Unix("/run/a:b"))),
            ("systemd", Some(Place::Systemd(None))),
            ("systemd:web", Some(Place::Systemd(Some("web")))),
            ("unix:", None),
            ("systemd:", None),
            ("systemd:a:b", None),
            ("systemd:a b", None),
            ("[::1]", None),
            ("localhost", None),
            ("127.0.0.1:65536", None),
            ("", None),
        ] {
            assert_eq!(Place::parse(text), place, "{text}");
        }
    }

    #[test]
    fn only_places_that_exclude_each_other_overlap() {
        let overlaps = |one, other, ipv6_only| {
            let places = [one, other].map(|text| match Place::parse(text) {
                Some(place) => place,
                None => panic!("{text}"),
            });
            let [one, other] = [0, 1].map(|index| Taken {
                place: &places[index],
                port: 4000,
                ipv6_only,
            });
            assert_eq!(one.overlaps(&other), other.overlaps(&one));
            one.overlaps(&other)
        };
        for (one, other, both, only) in [
            ("127.0.0.1", "127.0.0.1", true, true),
            ("127.0.0.1", "127.0.0.1:4000", true, true),
            ("127.0.0.1", "127.0.0.1:4001", false, false),
            ("127.0.0.1:0", "127.0.0.1:0", false, false),
            ("0.0.0.0", "127.0.0.1", true, true),
            ("::", "127.0.0.1", true, false),
            ("::", "::1", true, true),
            ("0.0.0.0", "::", true, false),
            ("0.0.0.0", "::1", false, false),
            ("127.0.0.1", "::1", false, false),
            ("unix:/a", "unix:/a", true, true),
            ("unix:/a", "unix:/b", false, false),
            ("unix:/a", "127.0.0.1", false, false),
            ("systemd", "systemd:a", true, true),
            ("systemd:a", "systemd:a", true, true),
            ("systemd:a", "systemd:b", false, false),
            ("systemd", "127.0.0.1", false, false),
        ] {
            assert_eq!(overlaps(one, other, false), both, "{one} {other}");
            assert_eq!(overlaps(one, other, true), only, "{one} {other}, IPv6 only");
        }
    }
}
