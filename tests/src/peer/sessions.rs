//! The sessions of the mounts, and the pages that fill them: `/login` and `/whoami`.

use std::collections::BTreeMap;

use landfall::session::{Session, SessionOptions};
use serde_json::{Value, json};

/// Not the secret of the recorded application, which is one character repeated and would be
/// refused. No case depends on it.
pub(super) const SECRET: &str = "the secret of an application that is there to be compared with it";

const SALT: &str = "peer_salt";

/// The session of the pages.
pub(super) const PLAIN: SessionOptions = SessionOptions::new("_peer_key", SALT);

/// An encrypted session, in a cookie of its own.
pub(super) const ENCRYPTED: SessionOptions = SessionOptions {
    encryption_salt: Some("peer_enc"),
    ..SessionOptions::new("_peer_enc", SALT)
};

/// The session of the pages, with its CSRF state elsewhere.
pub(super) const OTHER_STATE: SessionOptions = SessionOptions {
    csrf_token_key: "_alt_csrf",
    ..PLAIN
};

/// `/login?user=..` remembers `a`, `b` and `user`. The CSRF state is kept under the name `csrfkey`.
/// With `nocsrf` it is not kept.
pub(super) fn login(session: &Session, param: impl Fn(&str) -> Option<String>) -> Option<Value> {
    for name in ["a", "b", "user"] {
        if let Some(value) = param(name) {
            session.insert(name, &value).ok()?;
        }
    }
    let token = session.csrf_token();
    let state: String = session.get(PLAIN.csrf_token_key)?;
    session.remove(PLAIN.csrf_token_key);
    if param("nocsrf").is_none() {
        let key = param("csrfkey").unwrap_or_else(|| PLAIN.csrf_token_key.to_owned());
        session.insert(&key, &state).ok()?;
    }
    Some(json!({ "csrf": token, "session": all(session) }))
}

/// All values of a session.
pub(super) fn all(session: &Session) -> Option<BTreeMap<String, Value>> {
    session.parse()
}
