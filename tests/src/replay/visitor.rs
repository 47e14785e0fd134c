//! Placeholders of recordings. A login at the peer's `/login` gives cookies and CSRF tokens. A
//! request for the file gives its tag.

use std::io;

use serde_json::Value;

use super::{case::Case, line::Line};
use crate::wire::{Connection, Request};

/// The placeholder of a file's tag.
pub(super) const ETAG: &str = "<etag>";
const COOKIE: &str = "<cookie>";
const TOKEN: &str = "<csrf token>";

/// The result of a login.
struct Visitor {
    cookie: String,
    token: String,
}

/// The request, with its placeholders filled. The case names the visitor in words.
pub(super) async fn sign_in(case: &Case, connection: &mut Connection<Line>) -> io::Result<Request> {
    let mut request = case.request.clone();
    if request.headers.iter().any(|(_, value)| value == ETAG) {
        let answer = connection
            .request(&Request::get(&request.target.replace("?vsn=d", "")))
            .await;
        let tag = answer
            .ok()
            .and_then(|answer| answer.header("etag").map(str::to_owned));
        let tag =
            tag.ok_or_else(|| io::Error::other(format!("`{}` has no tag", request.target)))?;
        for (_, value) in &mut request.headers {
            *value = value.replace(ETAG, &tag);
        }
    }
    let placeholders = |text: &str| text.contains(COOKIE) || text.contains(TOKEN);
    if !placeholders(&request.target)
        && !request.headers.iter().any(|(_, value)| placeholders(value))
    {
        return Ok(request);
    }
    let mut visitor = Visitor::log_in(connection, login(&case.name)).await?;
    if case.name.contains("token of another session") {
        visitor.token = Visitor::log_in(connection, login(&case.name)).await?.token;
    }
    request.target = request.target.replace(TOKEN, &visitor.token);
    for (_, value) in &mut request.headers {
        *value = value.replace(COOKIE, &visitor.cookie);
    }
    Ok(request)
}

fn login(words: &str) -> &'static str {
    if words.contains("without csrf state") {
        "/login?user=ann&nocsrf=1"
    } else if words.contains("csrf_token_key configured, state stored under it") {
        "/login?user=bob&csrfkey=_alt_csrf"
    } else {
        "/login?user=ann"
    }
}

impl Visitor {
    async fn log_in(connection: &mut Connection<Line>, target: &str) -> io::Result<Visitor> {
        let failed = |what: String| io::Error::other(format!("`{target}` {what}"));
        let answer = connection.request(&Request::get(target)).await;
        let answer = answer.map_err(|ended| failed(format!("was not answered: {ended:?}")))?;
        let json: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let set = answer
            .header("set-cookie")
            .and_then(|set| set.split(';').next()?.split_once('='));
        match (set, json["csrf"].as_str()) {
            (Some((_, cookie)), Some(token)) => Ok(Visitor {
                cookie: cookie.to_owned(),
                token: token.to_owned(),
            }),
            _ => Err(failed(format!("gave no session: {}", answer.body))),
        }
    }
}
