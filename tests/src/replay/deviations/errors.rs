//! Error pages, and requests that are none.

use serde_json::Value;

use super::{
    Case, Outcome, Rule,
    handshake::{own_headers, refused_by_the_server},
};
use crate::replay::outcome::End;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "developers' pages",
        reason: "what a page for developers looks like is ours: a browser gets HTML, and a client that asks for JSON gets \
                 JSON, where Phoenix has text for both",
        want: developers_pages,
    },
    Rule {
        name: "typed views",
        reason: "a view is given a typed `ErrorPage`: there are no names of assigns to list, and what Elixir tells apart as \
                 `throw` and `exit` is a panic",
        want: typed_views,
    },
    Rule {
        name: "headers of plugs",
        reason: "a page has the headers of every plug that its response passes, as any other response does. In Phoenix it \
                 depends on which plug failed",
        want: headers_of_plugs,
    },
    Rule {
        name: "names of statuses",
        reason: "413 has one name, that of the status line, in the page too. RFC 9110 has renamed it since Plug's",
        want: names_of_statuses,
    },
    Rule {
        name: "hostile paths",
        reason: "a path parameter that is not UTF-8 is the client's mistake: 400 instead of 500",
        want: hostile_paths,
    },
    Rule {
        name: "one response",
        reason: "a handler ends with its response. Nothing can fail after it, so the connection stays open",
        want: one_response,
    },
    Rule {
        name: "refused in words",
        reason: "bytes that are not a request are refused with the same status, by HTTP/1.1, and in words: Bandit answers by \
                 HTTP/1.0 and without a body",
        want: refused_in_words,
    },
    Rule {
        name: "no silence",
        reason: "a request without version or host is refused with 400, where Bandit's handler fails and leaves the client \
                 waiting",
        want: no_silence,
    },
    Rule {
        name: "strict heads",
        reason: "folded lines, two hosts and two lengths are what two readers of a request understand differently (request \
                 smuggling): 400. RFC 9112, 3.2, 5.2 and 6.3",
        want: strict_heads,
    },
    Rule {
        name: "malformed chunks",
        reason: "a chunk without a size is the client's mistake: 400 instead of 500",
        want: malformed_chunks,
    },
    Rule {
        name: "no compression unasked",
        reason: "whether dynamic responses are compressed is the application's choice of a layer; Bandit compresses all of \
                 them",
        want: no_compression,
    },
];

fn is_about_errors(case: &Case) -> bool {
    case.theme == "errors"
}

fn remove(wanted: &mut Outcome, name: &str) {
    wanted
        .headers
        .retain(|(key, _)| !key.eq_ignore_ascii_case(name));
}

fn json(text: Option<&str>) -> Option<Value> {
    serde_json::from_str(text?).ok()
}

/// Headers by which a page for developers loads nothing and is shown nowhere else.
const PROTECTION: [(&str, &str); 5] = [
    ("content-security-policy", "default-src 'none'; "),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// The page names the request and the status, in HTML or in JSON.
fn developers_pages(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let Some(words) = json(wanted.body.as_deref()).filter(|_| is_about_errors(case)) else {
        return false;
    };
    let (body, path) = (
        got.body.as_deref().unwrap_or_default(),
        &*case.request.target,
    );
    if words.get("html_page").is_some() {
        let status = format!("class=\"status\">{} ", wanted.status);
        let protected = PROTECTION.iter().all(|(name, value)| {
            let header = got.header(name);
            header.is_some_and(|header| header.starts_with(value))
        });
        let found = protected && body.contains(&status) && body.contains(path);
        if found {
            wanted.body = None;
            let names = PROTECTION.iter().map(|(name, _)| *name);
            let headers =
                names.filter_map(|name| Some((name.to_owned(), got.header(name)?.to_owned())));
            wanted.headers.extend(headers);
        }
        return found;
    }
    let page = json(Some(body)).filter(|_| words.get("text_page").is_some());
    let found = page.is_some_and(|page| {
        page["status"] == wanted.status && page["request"].to_string().contains(path)
    });
    if found {
        wanted.body = None;
        remove(wanted, "content-type");
        let kind = ("content-type", "application/json; charset=utf-8");
        wanted.headers.push((kind.0.to_owned(), kind.1.to_owned()));
    }
    found
}

fn typed_views(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let Some(mut body) = json(wanted.body.as_deref()).filter(|_| is_about_errors(case)) else {
        return false;
    };
    let Some(seen) = body.get_mut("seen").and_then(Value::as_object_mut) else {
        return false;
    };
    seen.remove("assigns");
    if matches!(seen["kind"].as_str(), Some("throw" | "exit")) {
        seen.insert("kind".to_owned(), "panic".into());
    }
    wanted.body = Some(body.to_string());
    true
}

fn headers_of_plugs(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    const ID: &str = "x-request-id";
    let is_page = is_about_errors(case) && case.endpoint > 0 && wanted.status >= 400;
    let Some(id) = got
        .header(ID)
        .filter(|_| is_page && wanted.header(ID).is_none())
    else {
        return false;
    };
    wanted.headers.push((ID.to_owned(), id.to_owned()));
    true
}

fn names_of_statuses(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    const THEIRS: &str = "Request Entity Too Large";
    const OURS: &str = "Payload Too Large";
    let found = is_about_errors(case)
        && wanted.status == 413
        && wanted
            .body
            .as_deref()
            .is_some_and(|body| body.contains(THEIRS));
    if found {
        wanted.body = wanted.body.take().map(|body| body.replace(THEIRS, OURS));
    }
    found
}

fn hostile_paths(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let path = case.request.target.split('?').next().unwrap_or_default();
    let hostile = is_about_errors(case) && wanted.status == 500 && path.contains("%ff");
    if hostile {
        wanted.status = 400;
        wanted.after = Some(End::Open);
        wanted.body = Some("Bad Request".to_owned());
    }
    hostile
}

fn one_response(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let whole = is_about_errors(case)
        && wanted.status == 200
        && wanted.after == Some(End::Closed)
        && wanted.header("content-length").is_some()
        && case.raw.is_none();
    if whole {
        wanted.after = Some(End::Open);
    }
    whole
}

/// The server's own answer to what is no request. hyper gives it without a body.
fn refused(got: &Outcome, wanted: &mut Outcome) {
    let bare = got.body.as_deref() == Some("");
    wanted.refuse(400, Some(if bare { "" } else { "Bad Request" }));
    refused_by_the_server(got, wanted);
    wanted.after = Some(End::Closed);
}

fn refused_in_words(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let bare = case.raw.is_some() && wanted.status == 400 && wanted.headers.is_empty();
    if bare {
        refused(got, wanted);
    }
    bare
}

fn no_silence(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let silent = case.raw.is_some() && wanted.status == 0;
    if silent {
        refused(got, wanted);
    }
    silent
}

fn strict_heads(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let folded = |raw: &[u8]| raw.windows(3).any(|window| window == b"\r\n ");
    let repeated = |name: &str| case.request.values(name).count() > 1;
    let unclear =
        case.raw.as_deref().is_some_and(folded) || repeated("host") || repeated("content-length");
    let taken = case.raw.is_some() && unclear && wanted.status == 200;
    if taken {
        refused(got, wanted);
    }
    taken
}

fn malformed_chunks(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let chunked = case.request.values("transfer-encoding").next().is_some();
    let fails = case.raw.is_some() && chunked && wanted.status == 500;
    if fails {
        refused(got, wanted);
    }
    fails
}

fn no_compression(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let compressed = case.raw.is_some() && wanted.header("content-encoding").is_some();
    if compressed {
        remove(wanted, "content-encoding");
        wanted.body = Some("hello".to_owned());
        own_headers(got, wanted);
    }
    compressed
}
