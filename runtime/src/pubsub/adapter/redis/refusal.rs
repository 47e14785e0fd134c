//! Which errors of Redis are for good.

use redis::{ErrorKind, RedisError};

use super::super::ConnectError;

/// Codes of errors that trying again does not mend.
const REFUSALS: [&str; 3] = ["NOAUTH", "WRONGPASS", "NOPERM"];

/// Why Redis is not connected.
pub(super) fn connect_error(error: &RedisError) -> ConnectError {
    let is_ours = matches!(
        error.kind(),
        ErrorKind::AuthenticationFailed
            | ErrorKind::InvalidClientConfig
            | ErrorKind::RESP3NotSupported
    );
    let is_theirs = error.code().is_some_and(|code| REFUSALS.contains(&code));
    let why = error.to_string();
    if is_ours || is_theirs {
        ConnectError::Refused(why)
    } else {
        ConnectError::Unreachable(why)
    }
}
