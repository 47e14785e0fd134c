//! A report as JSON, for scripts.

use serde_json::{Value, json};

use super::{
    report::{Report, Routes},
    source::Excerpt,
};

pub(super) fn of(report: &Report<'_>) -> String {
    let place = report.place.as_ref().map(|place| {
        json!({
            "file": place.file,
            "line": place.line,
            "column": place.column,
            "source": place.excerpt.as_ref().map(source),
        })
    });
    let stack = report
        .frames
        .iter()
        .map(|frame| json!({ "function": frame.function, "file": frame.file, "line": frame.line }));
    let headers = report.headers().map(|(name, value)| json!([name, value]));
    let whole = json!({
        "errors": { "detail": report.message },
        "status": report.status.as_u16(),
        "kind": report.kind.to_string(),
        "title": report.title(),
        "causes": report.causes,
        "place": place,
        "stack": stack.collect::<Value>(),
        "request": {
            "line": report.request_line(),
            "headers": headers.collect::<Value>(),
            "peer": report.request.peer.map(|peer| peer.to_string()),
        },
        "routes": report.routes.as_ref().map(routes),
    });
    whole.to_string()
}

fn source(excerpt: &Excerpt) -> Value {
    json!({ "first": excerpt.first, "lines": excerpt.lines })
}

fn routes(routes: &Routes) -> Value {
    let mounts = routes.mounts.iter().map(|route| {
        json!({
            "path": route.path,
            "transport": route.transport,
            "socket": route.socket,
            "location": route.location,
        })
    });
    json!({ "sockets": mounts.collect::<Value>(), "plugs": routes.plugs })
}
