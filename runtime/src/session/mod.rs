//! Sessions: what an application remembers of a visitor, in a cookie that only it can write.
//!
//! A constant says what the cookie is called and how it is protected. The plug [`Sessions`] gives a
//! [`Session`] to the application's handlers; a mount with `connect_info = [session(SESSION)]`
//! gives it to `connect`:
//!
//! ```
//! use landfall::{
//!     prelude::*,
//!     session::{ProtectFromForgery, Session, SessionOptions, Sessions},
//! };
//!
//! const SESSION: SessionOptions = SessionOptions::new("_my_app_key", "4k9Qz1fw");
//!
//! struct Room {
//!     user: u64,
//! }
//!
//! #[socket]
//! impl Room {
//!     async fn connect(#[info] session: Option<Session>) -> Result<Self, Refused> {
//!         let user = session.and_then(|session| session.get("user_id"));
//!         Ok(Room { user: user.ok_or_else(Refused::new)? })
//!     }
//!
//!     async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
//!         out.push(format!("you are {}", self.user));
//!         Flow::Continue
//!     }
//! }
//!
//! endpoint! {
//!     struct Web;
//!     secret_key_base = env("SECRET_KEY_BASE");
//!     socket("/room", Room, websocket(connect_info = [session(SESSION)]));
//!     plug(Sessions::new(&SESSION));
//!     plug(ProtectFromForgery::new());
//! }
//! ```
//!
//! Another site can make a browser open a socket with its visitor's cookies. So a socket gets the
//! session only when the parameter `_csrf_token` holds a token that [`Session::csrf_token`] made
//! for one of the application's own pages; without it, `session` is `None`.
//!
//! Browsers know a host, and not its ports: of two endpoints on one host with sessions of their own in
//! one cookie, each overwrites the other's. The start warns when both are in one process and their
//! mounts read different constants of one `key`, `domain` and `path`.
//!
//! # Options that are computed
//!
//! In place of the constant, `connect_info` takes a function. It is asked for each connection, and
//! sees the request and the endpoint. [`Sessions::by`] takes the same function for the plug, so
//! that both speak of the same cookie. Where the options are known when the endpoint starts,
//! [`Sessions::with`] takes them from a closure: `plug(|edge| ..)`. With several options, sessions
//! are written by the first and read by all: so a salt can be replaced without a visitor being
//! logged out.
//!
//! ```
//! use http::request::Parts;
//! use landfall::{
//!     prelude::*,
//!     session::{self, Session, SessionOptions, Sessions},
//! };
//!
//! const SESSION: SessionOptions = SessionOptions::new("_my_app_key", "4k9Qz1fw");
//!
//! /// This salt and the one before it, from wherever the application keeps them.
//! #[derive(Clone)]
//! struct Salts {
//!     now: String,
//!     before: String,
//! }
//!
//! fn session_of(request: &Parts, handle: &Handle) -> Vec<SessionOptions<String>> {
//!     // Each shop has sessions of its own.
//!     let shop = session::host(request).split('.').next().unwrap_or_default();
//!     let salts = handle.state::<Salts>().into_iter();
//!     let salts = salts.flat_map(|salts| [&salts.now, &salts.before]);
//!     let of = |salt| SessionOptions { signing_salt: format!("{shop} {salt}"), ..SESSION.owned() };
//!     salts.map(of).collect()
//! }
//!
//! struct Cart(Vec<String>);
//!
//! #[socket]
//! impl Cart {
//!     async fn connect(#[info] session: Option<Session>) -> Result<Self, Refused> {
//!         Ok(Cart(session.and_then(|session| session.get("cart")).unwrap_or_default()))
//!     }
//!
//!     async fn handle_in(&mut self, _: Message, out: &mut Outbox) {
//!         out.push(self.0.join(", "));
//!     }
//! }
//!
//! endpoint! {
//!     struct Shops;
//!     state = Salts;
//!     secret_key_base = env("SECRET_KEY_BASE");
//!     socket("/cart", Cart, websocket(connect_info = [session(session_of)]));
//!     plug(Sessions::by(session_of));
//! }
//! ```

mod cookies;
mod forgery;
mod options;
mod plug;
mod source;
mod store;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::{HeaderMap, header::HOST, request::Parts};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use self::{cookies::keep, source::Chosen};
pub use self::{
    forgery::{ForgeryService, ProtectFromForgery},
    options::{SameSite, SessionOptions},
    plug::{SessionService, Sessions},
    source::{IntoSessions, SessionFunction, SessionSource},
};
use crate::{
    crypto::{Keys, Unencodable, cookie, csrf, from_term, to_term},
    header,
    term::Term,
};

/// The maximum number of cookies of one name that are tried: each costs the check of a signature.
const CANDIDATES: usize = 8;

/// What is remembered of one visitor: values by name. Clones share them.
///
/// A handler behind [`Sessions`] finds it in the request's extensions. Its changes are written to the
/// cookie when it answers. A socket can only read its session, because it has no answer that could
/// set a cookie.
#[derive(Clone)]
pub struct Session(Arc<Mutex<State>>);

struct State {
    options: Chosen,
    values: BTreeMap<String, Term>,
    change: Change,
}

/// What the response does about the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing.
    Nothing,
    /// Sets it.
    Write,
    /// Deletes it.
    Delete,
}

/// The host that a request names, without its port: for options that are
/// [computed](crate::session#options-that-are-computed). The client chooses it. Empty if there is
/// none, or more than one.
pub fn host(parts: &Parts) -> &str {
    let named = || str::from_utf8(header::one(&parts.headers, HOST)?).ok();
    header::host_and_port(parts.uri.host().or_else(named).unwrap_or_default()).0
}

impl Session {
    /// The session of the first valid cookie, or an empty session. Only the first cookies are tried. A
    /// session that was written under other options than the first is written again.
    fn read(options: Chosen, keys: &Keys, headers: &HeaderMap) -> Self {
        let mut tried = 0;
        let found = options.all().enumerate().find_map(|(index, one)| {
            let cookies = cookie::all(headers, one.key).take(CANDIDATES);
            let mut cookies = cookies.inspect(|_| tried += 1);
            let values = cookies.find_map(|cookie| store::open(&one, keys, cookie))?;
            Some((index, values))
        });
        if tried > 0 && found.is_none() {
            tracing::debug!(
                cookie = options.first().key,
                "no session cookie is valid: the session starts empty"
            );
        }
        let (index, values) = found.unwrap_or_default();
        let change = match index {
            0 => Change::Nothing,
            _ => Change::Write,
        };
        Session(Arc::new(Mutex::new(State {
            options,
            values,
            change,
        })))
    }

    /// The session for a socket. With `check_csrf`, the client has to send a token that a page of the
    /// application was given. `None` says no reason, so that a client without a token learns nothing.
    pub(crate) fn granted(
        options: Chosen,
        check_csrf: bool,
        keys: &Keys,
        headers: &HeaderMap,
        token: Option<&str>,
    ) -> Option<Self> {
        if check_csrf && token.is_none() {
            return None;
        }
        let named = |one: SessionOptions<&str>| cookie::all(headers, one.key).next().is_some();
        if !options.all().any(named) {
            return None;
        }
        let session = Session::read(options, keys, headers);
        let allowed = !check_csrf || token.is_some_and(|token| session.is_csrf_token(token));
        allowed.then_some(session)
    }

    /// The session of a test, from the cookies that it has.
    ///
    /// # Errors
    /// What is wrong with the options.
    #[cfg(feature = "testing")]
    pub(crate) fn prepared(
        options: Vec<SessionOptions<String>>,
        keys: &Keys,
        headers: &HeaderMap,
    ) -> Result<Self, &'static str> {
        let options = Chosen::of(options).map_err(|mistake| mistake.whole)?;
        Ok(Session::read(options, keys, headers))
    }

    /// The names of the cookies that a response would set, with their values; those that it would
    /// delete have none.
    #[cfg(feature = "testing")]
    pub(crate) fn cookies(&self, keys: &Keys) -> Vec<(String, Option<String>)> {
        let (change, value) = self.written(keys);
        let state = self.lock();
        let names = state.options.all().map(|one| one.key.to_owned());
        match change {
            Change::Nothing => Vec::new(),
            Change::Write => names
                .take(1)
                .map(|name| (name, Some(value.clone())))
                .collect(),
            Change::Delete => names.map(|name| (name, None)).collect(),
        }
    }

    /// What the response does about the cookie, and the cookie's new value.
    pub(crate) fn written(&self, keys: &Keys) -> (Change, String) {
        let state = self.lock();
        let value = match state.change {
            Change::Write => store::seal(&state.options.first(), keys, &state.values),
            Change::Nothing | Change::Delete => String::new(),
        };
        (state.change, value)
    }

    /// The value with this name; `None` if there is none, or if it is not a `T`.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let term = self.lock().values.get(name).cloned()?;
        from_term(term)
    }

    /// Sets a value.
    ///
    /// # Errors
    /// When it has no form in Erlang's terms: see [`Tokens::sign`](crate::token::Tokens::sign).
    pub fn insert<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), Unencodable> {
        let term = to_term(value)?;
        let mut state = self.lock();
        if state.values.get(name) != Some(&term) {
            state.values.insert(name.to_owned(), term);
            state.change = Change::Write;
        }
        Ok(())
    }

    /// Removes a value. Returns whether there was one.
    pub fn remove(&self, name: &str) -> bool {
        let mut state = self.lock();
        let removed = state.values.remove(name).is_some();
        if removed {
            state.change = Change::Write;
        }
        removed
    }

    /// Removes all values.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.values.clear();
        state.change = Change::Write;
    }

    /// Removes all values, and deletes the cookie.
    pub fn delete(&self) {
        let mut state = self.lock();
        state.values.clear();
        state.change = Change::Delete;
    }

    /// Makes the CSRF tokens of earlier pages invalid. Call it when a user logs in: a token that was
    /// known before is worth nothing then.
    pub fn renew(&self) {
        let mut state = self.lock();
        let State {
            options, values, ..
        } = &mut *state;
        values.remove(options.first().csrf_token_key);
        state.change = Change::Write;
    }

    /// The names of all values.
    pub fn names(&self) -> Vec<String> {
        self.lock().values.keys().cloned().collect()
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.lock().values.is_empty()
    }

    /// Reads all values together, as a struct or a map.
    pub fn parse<T: DeserializeOwned>(&self) -> Option<T> {
        let values = self.lock().values.clone();
        from_term(Term::Map(
            values
                .into_iter()
                .map(|(name, value)| (Term::text(name), value))
                .collect(),
        ))
    }

    /// A token for a page: what its forms send as `_csrf_token`, its scripts in the header
    /// `x-csrf-token`, and its sockets as the parameter `_csrf_token`. It differs with each call.
    pub fn csrf_token(&self) -> String {
        let mut state = self.lock();
        let kept = state.csrf_state().unwrap_or_else(|| {
            let new = csrf::state();
            let name = state.options.first().csrf_token_key.to_owned();
            state.values.insert(name, Term::Binary(new.to_vec()));
            state.change = Change::Write;
            new
        });
        csrf::masked(&kept)
    }

    /// Whether a token was made by [`csrf_token`](Session::csrf_token) of this session.
    pub fn is_csrf_token(&self, token: &str) -> bool {
        self.csrf_state()
            .is_some_and(|state| csrf::is_masked(&state, token))
    }

    /// As `is_csrf_token`, and also for a token that Plug made for a host, if the host is right.
    pub(crate) fn allows(
        &self,
        keys: &Keys,
        token: &str,
        right_host: impl FnOnce(&str) -> bool,
    ) -> bool {
        let Some(state) = self.csrf_state() else {
            return false;
        };
        csrf::is_masked(&state, token) || csrf::is_for_host(keys, &state, token, right_host)
    }

    fn csrf_state(&self) -> Option<[u8; csrf::STATE]> {
        self.lock().csrf_state()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn csrf_state(&self) -> Option<[u8; csrf::STATE]> {
        match self.values.get(self.options.first().csrf_token_key)? {
            Term::Binary(bytes) => bytes.as_slice().try_into().ok(),
            _ => None,
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be credentials.
        f.debug_struct("Session")
            .field("names", &self.names())
            .finish_non_exhaustive()
    }
}
