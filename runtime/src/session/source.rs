//! Where the options of a session come from: a constant, or a function that is asked for each
//! request.

use std::sync::Arc;

use http::request::Parts;

use super::{SessionOptions, options::Mistake};
use crate::handle::Handle;

/// The options of the session in connect_info: `session(SESSION)` or `session(session_of)`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum SessionSource {
    /// A constant.
    Constant(&'static SessionOptions),
    /// What a function says for each request.
    Computed(SessionFunction),
}

/// Computes the options of a request's session: see [`IntoSessions`].
pub type SessionFunction = fn(&Parts, &Handle) -> Vec<SessionOptions<String>>;

/// What a function returns that computes the options of a session: [`SessionOptions`], or several
/// of them in an array or a `Vec`.
///
/// Of several, the first says how the session is written. The others say how else it may be read.
/// The plug [`Sessions`](super::Sessions) writes a session that was read by one of the others as
/// the first one says.
///
/// Without any, or if they cannot work, the request is answered 500, and an error is logged.
pub trait IntoSessions {
    /// All of them, the one to write by first.
    fn into_sessions(self) -> Vec<SessionOptions<String>>;
}

impl<S: AsRef<str>> IntoSessions for SessionOptions<S> {
    fn into_sessions(self) -> Vec<SessionOptions<String>> {
        vec![self.owned()]
    }
}

impl<S: AsRef<str>, const N: usize> IntoSessions for [SessionOptions<S>; N] {
    fn into_sessions(self) -> Vec<SessionOptions<String>> {
        self.iter().map(SessionOptions::owned).collect()
    }
}

impl<S: AsRef<str>> IntoSessions for Vec<SessionOptions<S>> {
    fn into_sessions(self) -> Vec<SessionOptions<String>> {
        self.iter().map(SessionOptions::owned).collect()
    }
}

impl SessionSource {
    /// The options for a request. `None` if there are none that work, which is logged.
    pub(crate) fn choose(self, parts: &Parts, handle: &Handle) -> Option<Chosen> {
        match self {
            SessionSource::Constant(options) => Some(Chosen::Constant(options)),
            SessionSource::Computed(compute) => Chosen::logged(compute(parts, handle)),
        }
    }
}

/// The options of one session.
#[derive(Clone, Debug)]
pub(crate) enum Chosen {
    Constant(&'static SessionOptions),
    Computed(Arc<Computed>),
}

#[derive(Debug)]
pub(crate) struct Computed {
    first: SessionOptions<String>,
    others: Vec<SessionOptions<String>>,
}

impl Chosen {
    /// What is wrong if there are none, or if one of them cannot work.
    pub(crate) fn of(computed: Vec<SessionOptions<String>>) -> Result<Self, Mistake> {
        let mut mistakes = computed.iter();
        if let Some(mistake) = mistakes.find_map(|options| options.borrowed().mistake()) {
            return Err(mistake);
        }
        let mut computed = computed.into_iter();
        let first = computed.next().ok_or(Mistake::NOTHING)?;
        let others = computed.collect();
        Ok(Chosen::Computed(Arc::new(Computed { first, others })))
    }

    /// Like [`of`](Chosen::of), where what is wrong can only be logged.
    pub(crate) fn logged(computed: Vec<SessionOptions<String>>) -> Option<Self> {
        let chosen = Chosen::of(computed);
        let wrong = |mistake: &Mistake| {
            tracing::error!(help = mistake.help, "a computed session: {}", mistake.text);
        };
        chosen.inspect_err(wrong).ok()
    }
}

#[cfg(feature = "tokens")]
impl Chosen {
    /// The options by which the session is written.
    pub(crate) fn first(&self) -> SessionOptions<&str> {
        match self {
            Chosen::Constant(options) => **options,
            Chosen::Computed(computed) => computed.first.borrowed(),
        }
    }

    /// All options by which it may be read.
    pub(crate) fn all(&self) -> impl Iterator<Item = SessionOptions<&str>> {
        let others = match self {
            Chosen::Constant(_) => &[][..],
            Chosen::Computed(computed) => &computed.others,
        };
        std::iter::once(self.first()).chain(others.iter().map(SessionOptions::borrowed))
    }
}
