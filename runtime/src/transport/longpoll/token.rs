//! What a client's token says. It is signed, and not encrypted.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::{
    crypto::token::{TokenError, Tokens},
    handle::Handle,
    socket::TokenOptions,
};

use super::{context::Context, ledger::Bookmark};

/// One salt for all endpoints. The [`Context`] says which endpoint a token is for.
const SALT: &str = "landfall longpoll";
/// Distinguishes this token format from others.
const FORM: &str = "lf3";

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    /// Where it is valid.
    pub(super) context: Context,
    /// The node that has the session; empty if it is alone.
    pub(super) node: String,
    /// The running endpoint that has the session.
    pub(super) endpoint: String,
    pub(super) session: String,
    /// When the session was opened, in Unix milliseconds. The age of the token is the age of the
    /// session.
    pub(super) opened: u64,
    pub(super) mark: Bookmark,
}

impl Ticket {
    /// # Errors
    /// If it was changed, is too old, or was issued in another context.
    pub(super) fn read(
        handle: &Handle,
        crypto: TokenOptions,
        context: Context,
        token: &str,
    ) -> Result<Self, TokenError> {
        let tokens = tokens(handle, crypto).ok_or(TokenError::Invalid)?;
        let (form, given, node, endpoint, session, opened, upto, answer) =
            tokens.verify::<(String, String, String, String, String, u64, u64, u64)>(token)?;
        if form != FORM || given != context.as_str() {
            return Err(TokenError::Invalid);
        }
        Ok(Ticket {
            context,
            node,
            endpoint,
            session,
            opened,
            mark: Bookmark { upto, answer },
        })
    }

    /// The signed token; `None` if the endpoint has no secret, which was reported when it started.
    pub(super) fn write(&self, handle: &Handle, crypto: TokenOptions) -> Option<String> {
        let Ticket {
            context,
            node,
            endpoint,
            session,
            opened,
            mark,
        } = self;
        let data = (
            FORM,
            context.as_str(),
            node,
            endpoint,
            session,
            opened,
            mark.upto,
            mark.answer,
        );
        tokens(handle, crypto)?
            .sign_at(&data, UNIX_EPOCH + Duration::from_millis(*opened))
            .ok()
    }
}

pub(super) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis() as u64
}

fn tokens(handle: &Handle, crypto: TokenOptions) -> Option<Tokens> {
    let tokens = handle.tokens(SALT).ok()?;
    Some(tokens.max_age(crypto.max_age).key(crypto.key()))
}

#[cfg(test)]
mod tests;
