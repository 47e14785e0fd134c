//! The request that opens a connection, and HTTP around it.

use super::{Case, Outcome, Rule};
use crate::replay::outcome::{End, NOT_CACHED};

/// What RFC 6455 §1.3 has us answer to its sample key.
const SAMPLE_ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
/// Header lines that a request may have here, and bytes in all of them.
const HEADERS: (usize, usize) = (100, 64 * 1024);

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "key of 16 bytes",
        reason: "RFC 6455 §4.2.1: the key is 16 bytes in base64; anything else is not a WebSocket client",
        want: key_of_16_bytes,
    },
    Rule {
        name: "one key, one host",
        reason: "two keys or hosts are a request that two readers understand differently: 400, where Phoenix fails with \
                 500 or takes either",
        want: one_key_one_host,
    },
    Rule {
        name: "no body before frames",
        reason: "the handshake has no body (RFC 6455 §4.1): who sends one may mean it as frames, or another reader may. \
                 Phoenix upgrades, with the body unread",
        want: no_body_before_frames,
    },
    Rule {
        name: "host absent",
        reason: "Bandit's parser refuses a request without `host` before Phoenix sees it, with an empty page; our server \
                 does the same with a page of its own",
        want: host_absent,
    },
    Rule {
        name: "no handshake, no question",
        reason: "a request that cannot become a WebSocket is told so before the origin is looked at or `connect` is asked: \
                 Phoenix asks first, and does the work for nothing. Clients of WebSocket send all of a handshake",
        want: no_handshake_no_question,
    },
    Rule {
        name: "header limits",
        reason: "how many headers are too many is the HTTP server's own: 100 lines and 64 KiB here, 50 lines and 10,000 \
                 bytes a line in Bandit",
        want: header_limits,
    },
    Rule {
        name: "offered version named",
        reason: "RFC 6455 §4.4: who refuses a version names the ones it knows",
        want: version_named,
    },
    Rule {
        name: "error pages",
        reason: "the page of an error that no code of the application renders is the server's own; its status stays",
        want: error_pages,
    },
    Rule {
        name: "panic contained",
        reason: "a panic in `connect` is answered and contained: the HTTP connection serves on, where Bandit hangs up",
        want: panic_contained,
    },
    Rule {
        name: "hostile parameters",
        reason: "a parameter of the wrong shape is the client's mistake, not ours: 4xx instead of 500",
        want: hostile_parameters,
    },
];

fn key_of_16_bytes(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let mut keys = case.request.values("sec-websocket-key");
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return false;
    };
    if wanted.status != 101 || is_16_bytes(key) {
        return false;
    }
    wanted.refuse(400, None);
    true
}

/// 21 characters of base64, one of four, and two of padding.
fn is_16_bytes(key: &str) -> bool {
    let alphabet = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    key.len() == 24
        && key.ends_with("==")
        && key[..21].chars().all(alphabet)
        && matches!(&key[21..22], "A" | "Q" | "g" | "w")
}

fn one_key_one_host(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let repeated = |name: &str| case.request.values(name).count() > 1;
    if !repeated("sec-websocket-key") && !repeated("host") {
        return false;
    }
    wanted.refuse(400, None);
    if repeated("host") {
        refused_by_the_server(got, wanted);
    }
    true
}

fn no_body_before_frames(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let has_body = !case.request.body.is_empty() && wanted.status == 101;
    if has_body {
        wanted.refuse(400, Some("this connection cannot be upgraded"));
    }
    has_body
}

fn host_absent(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    if case.request.values("host").next().is_some()
        || wanted.status != 400
        || !wanted.headers.is_empty()
    {
        return false;
    }
    wanted.refuse(400, Some("Bad Request"));
    refused_by_the_server(got, wanted);
    true
}

/// The server refuses the request with a page of its own, and may end the connection.
pub(super) fn refused_by_the_server(got: &Outcome, wanted: &mut Outcome) {
    own_headers(got, wanted);
    wanted.after = got
        .after
        .filter(|after| *after != End::Silent)
        .or(wanted.after);
}

fn no_handshake_no_question(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let is_asked = match wanted.status {
        403 => true,
        500 => case.request.target.contains("/websocket"),
        _ => false,
    };
    let missing = missing(case).filter(|_| is_asked && case.request.method == "GET");
    if let Some(text) = &missing {
        wanted.refuse(400, Some(text));
    }
    missing.is_some()
}

/// What a request lacks to be a handshake.
fn missing(case: &Case) -> Option<String> {
    for (name, token) in [("connection", "upgrade"), ("upgrade", "websocket")] {
        let lines: Vec<&str> = case.request.values(name).collect();
        let mut found = lines.iter().flat_map(|line| line.split(','));
        if !found.any(|part| part.trim().eq_ignore_ascii_case(token)) {
            return Some(format!(
                "'{name}' header must contain '{token}', got {lines:?}"
            ));
        }
    }
    None
}

fn header_limits(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let bytes: usize = case
        .request
        .headers
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4)
        .sum();
    let within = case.request.headers.len() <= HEADERS.0 && bytes <= HEADERS.1;
    wanted.status == 431 && within && accept(case, wanted)
}

/// The handshake succeeds, as it does for the sample key.
pub(super) fn accept(case: &Case, wanted: &mut Outcome) -> bool {
    let sample = case
        .request
        .values("sec-websocket-key")
        .eq(["dGhlIHNhbXBsZSBub25jZQ=="]);
    if wanted.status == 101 || !sample {
        return false;
    }
    let headers = [
        ("upgrade", "websocket"),
        ("sec-websocket-accept", SAMPLE_ACCEPT),
        NOT_CACHED,
    ];
    let headers = headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    *wanted = Outcome {
        status: 101,
        headers,
        body: Some(String::new()),
        ..Outcome::nothing()
    };
    true
}

fn version_named(_: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let about_version = wanted
        .body
        .as_deref()
        .is_some_and(|body| body.starts_with("'sec-websocket-version'"));
    if wanted.status != 400 || !about_version || got.header("sec-websocket-version") != Some("13") {
        return false;
    }
    wanted
        .headers
        .push(("sec-websocket-version".to_owned(), "13".to_owned()));
    true
}

fn error_pages(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let page = wanted
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("text/html"));
    // Endpoints that are about error pages have pages of their own.
    let renders = case.theme == "errors" && case.endpoint > 0;
    if wanted.status < 400 || !page || renders {
        return false;
    }
    wanted.body = None;
    own_headers(got, wanted);
    true
}

fn panic_contained(_: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let hangs_up = wanted.status == 500 && wanted.after == Some(End::Closed);
    wanted.after = Some(End::Open);
    hangs_up
}

fn hostile_parameters(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let query = case
        .request
        .target
        .split_once('?')
        .map_or("", |(_, query)| query);
    let shaped = query
        .split('&')
        .filter_map(|pair| pair.split('=').next())
        .any(|key| key.ends_with(']'));
    if wanted.status != 500 || !shaped || !(400..500).contains(&got.status) {
        return false;
    }
    wanted.refuse(got.status, None);
    own_headers(got, wanted);
    true
}

/// The server's own page also has its own `content-type` and `cache-control`.
pub(super) fn own_headers(got: &Outcome, wanted: &mut Outcome) {
    let own = |name: &str| {
        ["content-type", "cache-control"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own))
    };
    wanted.headers.retain(|(name, _)| !own(name));
    wanted
        .headers
        .extend(got.headers.iter().filter(|(name, _)| own(name)).cloned());
}
