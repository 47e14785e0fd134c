//! The `origin` header: per mount, by host without case, one value.

use super::{Case, Outcome, Rule, handshake::accept};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "one origin",
        reason: "no browser sends two origins: who does hopes that two readers choose differently. Phoenix takes the last",
        want: one_origin,
    },
    Rule {
        name: "origins of one's own mount",
        reason: "Phoenix 1.7 keeps the list of whichever mount of a socket was reached first, and lets its origins in \
                 everywhere; here every mount has its own",
        want: own_mount,
    },
    Rule {
        name: "host without case",
        reason: "host names have no case (RFC 3986 §3.2.2)",
        want: host_without_case,
    },
    Rule {
        name: "blanks around a header",
        reason: "blanks around a header's value are not part of it (RFC 9110 §5.5)",
        want: blanks_around,
    },
    Rule {
        name: "no origin at all",
        reason: "what is not an origin is refused, where Elixir's parser makes one of it: such as of a port that is not a number",
        want: not_an_origin,
    },
    Rule {
        name: "an endpoint has a host",
        reason: "Phoenix compares with nothing, and lets in every site, when `url` has no host; here it is `localhost` then",
        want: endpoint_has_a_host,
    },
];

fn one_origin(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let several = case.request.values("origin").count() > 1
        || case
            .request
            .values("origin")
            .any(|origin| origin.trim().contains([' ', ',']));
    if several {
        wanted.refuse(403, Some(""));
    }
    several
}

fn own_mount(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    case.mount.contains("same handler module as")
        && decide(case, wanted, |origin| origin.to_owned())
}

fn host_without_case(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let cased = case
        .request
        .values("origin")
        .any(|origin| origin.contains(|c: char| c.is_ascii_uppercase()));
    cased && wanted.status == 403 && decide(case, wanted, str::to_ascii_lowercase)
}

fn blanks_around(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let blanks = case
        .request
        .values("origin")
        .any(|origin| origin.trim() != origin);
    blanks && decide(case, wanted, |origin| origin.trim().to_owned())
}

fn not_an_origin(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let broken = |origin: &str| {
        let authority = origin.split_once("//").map_or(origin, |(_, rest)| rest);
        let port = authority
            .rsplit_once(':')
            .filter(|(host, _)| !host.starts_with('[') || host.ends_with(']'));
        port.is_some_and(|(_, port)| port.parse::<u16>().is_err())
    };
    if wanted.status != 101 || !case.request.values("origin").any(broken) {
        return false;
    }
    wanted.refuse(403, Some(""));
    true
}

fn endpoint_has_a_host(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let foreign = |origin| Parts::of(origin).is_some_and(|origin| origin.host != "localhost");
    if !case.mount.contains("url [host nil]")
        || wanted.status != 101
        || !case.request.values("origin").any(foreign)
    {
        return false;
    }
    wanted.refuse(403, Some(""));
    true
}

/// Expects the answer that the mount's `check_origin` gives for the origin, after `read`.
fn decide(case: &Case, wanted: &mut Outcome, read: fn(&str) -> String) -> bool {
    let Some(origin) = case.request.values("origin").next() else {
        return false;
    };
    match allowed(case, &read(origin)) {
        Some(true) => accept(case, wanted),
        Some(false) => {
            wanted.refuse(403, Some(""));
            true
        }
        None => false,
    }
}

fn allowed(case: &Case, origin: &str) -> Option<bool> {
    let (_, check) = case.mount.split_once("check_origin")?;
    if check.contains(":conn") {
        let host = case.request.values("host").next()?.to_ascii_lowercase();
        let (scheme, origin) = origin.split_once("://")?;
        return Some(scheme == "http" && with_port(origin, 80) == with_port(&host, 80));
    }
    let list = check.split_once('[')?.1.split_once(']')?.0;
    let origin = Parts::of(origin)?;
    Some(
        list.split(',')
            .filter_map(|entry| Parts::of(entry.trim().trim_matches('"')))
            .any(|p| p.admits(&origin)),
    )
}

fn with_port(host: &str, default: u16) -> String {
    if host.rsplit_once(':').is_some() {
        host.to_owned()
    } else {
        format!("{host}:{default}")
    }
}

/// An origin, or a pattern of origins, taken apart.
struct Parts<'a> {
    scheme: Option<&'a str>,
    host: &'a str,
    port: Option<u16>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("//")?;
        let scheme = scheme.strip_suffix(':');
        let authority = rest.split(['/', '?', '#']).next()?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (authority, None),
        };
        let own = match scheme {
            Some("http") => Some(80),
            Some("https") => Some(443),
            _ => None,
        };
        (!host.is_empty()).then_some(Parts {
            scheme,
            host,
            port: port.or(own),
        })
    }

    fn admits(&self, origin: &Parts<'_>) -> bool {
        let host = match self.host.strip_prefix("*.") {
            Some(domain) => {
                origin.host == domain
                    || origin
                        .host
                        .strip_suffix(domain)
                        .is_some_and(|start| start.ends_with('.'))
            }
            None => origin.host == self.host,
        };
        let scheme = self
            .scheme
            .is_none_or(|scheme| origin.scheme == Some(scheme));
        host && scheme && self.port.is_none_or(|port| origin.port == Some(port))
    }
}
