//! What `terminate` is told: Phoenix's terms in our words.
//!
//! | Phoenix on Bandit | ours |
//! | --- | --- |
//! | `:remote` after a valid close frame | `closed CODE`, 1005 when it had none |
//! | `:remote` after an invalid one (it answered 1002) | `protocol` |
//! | `{:error, :closed}` | `closed 1006` |
//! | `:normal`, `:timeout`, `:shutdown` | `normal`, `timeout`, `shutdown` |
//! | `{:shutdown, :inactive}` | `inactive` |
//! | anything with close code 1012 | `shutdown` |
//! | `{:error, _}` with close code 1002, 1007 or 1009 | `protocol` |
//! | `{:error, _}` otherwise, when the socket asked to stop | `failed` |
//! | `{:error, _}` otherwise | `crash` |
//!
//! What a channel is told has `channel` before it:
//!
//! | Phoenix | ours |
//! | --- | --- |
//! | `{:shutdown, :local_closed}` | `closed CODE` |
//! | `{:shutdown, :peer_closed}` | `closed 1006` |
//! | `{:shutdown, :left}`, `{:shutdown, :disconnected}` | `left`, `disconnected` |
//! | `:normal`, `:shutdown`, `{:shutdown, _}` | `normal`, `shutdown` |
//! | `{:function_clause, _}` for a malformed message, or an event that is not text | `protocol` |
//! | `{:function_clause, _}` otherwise | `no clause`, which Rust's types rule out |
//! | an exception | `crash` |
//! | anything else | `failed` |

use super::message::Message;
use crate::wire::Frame;

/// What a channel without a clause for a message was told.
pub(super) const NO_CLAUSE: &str = "channel no clause";

/// The word for a reason of Phoenix, given the client's frames and the server's close code.
pub(super) fn ours(phoenix: &str, sent: &[Frame], close_code: Option<u16>) -> String {
    match phoenix {
        ":normal" if close_code == Some(1012) => "shutdown".to_owned(),
        ":remote" if close_code == Some(1002) => "protocol".to_owned(),
        ":remote" => closed(sent),
        "{:error, :closed}" => "closed 1006".to_owned(),
        ":normal" | ":timeout" | ":shutdown" => phoenix[1..].to_owned(),
        "{:shutdown, :inactive}" => "inactive".to_owned(),
        _ if close_code == Some(1012) => "shutdown".to_owned(),
        _ if matches!(close_code, Some(1002 | 1007 | 1009)) => "protocol".to_owned(),
        _ if asked_to_stop(sent) => "failed".to_owned(),
        _ => "crash".to_owned(),
    }
}

/// The same for a channel: "channel REASON".
pub(super) fn of_channel(phoenix: &str, sent: &[Frame]) -> String {
    let named = |frame| Message::read(frame).is_some_and(|message| message.event.is_string());
    let word = match phoenix.strip_prefix("channel ").unwrap_or(phoenix) {
        ":normal" => "normal".to_owned(),
        "{:shutdown, :local_closed}" => closed(sent),
        "{:shutdown, :peer_closed}" => "closed 1006".to_owned(),
        "{:shutdown, :left}" => "left".to_owned(),
        "{:shutdown, :disconnected}" => "disconnected".to_owned(),
        shutdown if shutdown.starts_with(":shutdown") || shutdown.starts_with("{:shutdown") => {
            "shutdown".to_owned()
        }
        clause if clause.starts_with("{:function_clause") => match sent.iter().all(named) {
            true => return NO_CLAUSE.to_owned(),
            false => "protocol".to_owned(),
        },
        exception if exception.starts_with("{%") => "crash".to_owned(),
        _ => "failed".to_owned(),
    };
    format!("channel {word}")
}

/// The reason after the client's first close frame.
pub(super) fn closed(sent: &[Frame]) -> String {
    let close = sent.iter().find(|frame| frame.opcode == 8);
    format!(
        "closed {}",
        close.and_then(Frame::close_code).unwrap_or(1005)
    )
}

/// True if both agree before the colon. What follows the colon is for people.
pub(super) fn same(expected: &str, got: &str) -> bool {
    expected == got.split(':').next().unwrap_or_default()
}

fn asked_to_stop(sent: &[Frame]) -> bool {
    sent.iter()
        .any(|frame| frame.opcode == 1 && frame.payload.starts_with(b"stop"))
}
