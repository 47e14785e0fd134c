//! Events of a recording other than the exchange of bytes. The recording describes them in words.

use std::time::Duration;

use super::outcome::End;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The recording ends, or the connection.
    End(End),
    /// The client ends its half of the connection.
    Shutdown,
    /// The client drops the connection.
    Reset,
    /// The interval between the client's frames.
    Paced(Duration),
    /// The time from the client's last frame to the server's end of the connection.
    ClosedAfter(Duration),
    /// The application publishes.
    Published(Publication),
    /// The endpoint is stopped and started again.
    Restarted,
    /// The time from the beginning of the stop to the end of the connection.
    ClosedAfterStop(Duration),
}

/// A broadcast from outside of the sockets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The recipient.
    pub topic: String,
    /// What it is called.
    pub event: String,
}

impl Event {
    pub(super) fn read(words: &str) -> Option<Event> {
        let paced = || seconds_between(words, "pings every ", "s").map(Event::Paced);
        let closed_after = || {
            seconds_between(words, "closed about ", "s after the last heartbeat")
                .map(Event::ClosedAfter)
        };
        let after_stop = || {
            seconds_between(words, "about ", "s after the stop began").map(Event::ClosedAfterStop)
        };
        match words {
            "case ends, connection still open" => Some(Event::End(End::Open)),
            "tcp closed" => Some(Event::End(End::Closed)),
            "client shuts its write side down" => Some(Event::Shutdown),
            "client resets the connection" => Some(Event::Reset),
            _ if words.starts_with("endpoint stopped while ") => Some(Event::Restarted),
            _ => Publication::read(words)
                .map(Event::Published)
                .or_else(paced)
                .or_else(after_stop)
                .or_else(closed_after),
        }
    }
}

impl Publication {
    /// `server: Endpoint.broadcast("TOPIC", "EVENT", ..)`. Recordings leave the payload out.
    pub(super) fn read(words: &str) -> Option<Publication> {
        let arguments = words.strip_prefix("server: Endpoint.broadcast(")?;
        let mut texts = arguments.split('"').skip(1).step_by(2);
        Some(Publication {
            topic: texts.next()?.to_owned(),
            event: texts.next()?.to_owned(),
        })
    }

    /// The peer's page that publishes.
    pub(super) fn target(&self) -> String {
        format!("/ctl/broadcast?topic={}&event={}", self.topic, self.event)
    }
}

fn seconds_between(words: &str, before: &str, after: &str) -> Option<Duration> {
    let (_, rest) = words.split_once(before)?;
    rest.strip_suffix(after)?
        .parse()
        .ok()
        .map(Duration::from_secs_f64)
}
