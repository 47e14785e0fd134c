//! Figures for the `metrics` facade. Labels are names of the declaration, never what a client sent.

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use super::Timed;

/// Figures of the connections of a mount by one transport.
pub(crate) struct MountMeters {
    labels: [(&'static str, &'static str); 4],
    sockets: Gauge,
    messages_in: Counter,
    bytes_in: Counter,
    messages_out: Counter,
    bytes_out: Counter,
    slow: Counter,
    dropped: Counter,
    outbox: Gauge,
    mailbox: Gauge,
    handle_in: Histogram,
    handle_info: Histogram,
}

/// Figures of the mailboxes of a mount.
pub(crate) struct MailboxMeter(Gauge);

impl MailboxMeter {
    pub(crate) fn came(&self) {
        self.0.increment(1.0);
    }

    pub(crate) fn taken(&self, count: usize) {
        if count > 0 {
            self.0.decrement(count as f64);
        }
    }
}

impl MountMeters {
    pub(crate) fn new(
        endpoint: &'static str,
        path: &'static str,
        socket: &'static str,
        transport: &'static str,
    ) -> Self {
        let labels = [
            ("endpoint", endpoint),
            ("path", path),
            ("socket", socket),
            ("transport", transport),
        ];
        let callback = |callback: &'static str| {
            histogram!("landfall_callback_duration_seconds", "endpoint" => endpoint, "path" => path,
                "socket" => socket, "transport" => transport, "callback" => callback)
        };
        MountMeters {
            labels,
            sockets: gauge!("landfall_sockets", &labels),
            messages_in: counter!("landfall_messages_in_total", &labels),
            bytes_in: counter!("landfall_message_bytes_in_total", &labels),
            messages_out: counter!("landfall_messages_out_total", &labels),
            bytes_out: counter!("landfall_message_bytes_out_total", &labels),
            slow: counter!("landfall_slow_clients_total", &labels),
            dropped: counter!("landfall_dropped_broadcasts_total", &labels),
            outbox: gauge!("landfall_outbox_bytes", &labels),
            mailbox: gauge!("landfall_mailbox_messages", &labels),
            handle_in: callback("handle_in"),
            handle_info: callback("handle_info"),
        }
    }

    pub(crate) fn opened(&self) {
        self.sockets.increment(1.0);
    }

    pub(crate) fn closed(&self) {
        self.sockets.decrement(1.0);
    }

    pub(crate) fn came(&self, bytes: usize) {
        self.messages_in.increment(1);
        self.bytes_in.increment(bytes as u64);
    }

    pub(crate) fn sent(&self, bytes: usize) {
        self.messages_out.increment(1);
        self.bytes_out.increment(bytes as u64);
    }

    /// A client that does not read is closed.
    pub(crate) fn slow(&self) {
        self.slow.increment(1);
    }

    pub(crate) fn dropped(&self, count: usize) {
        self.dropped.increment(count as u64);
    }

    pub(crate) fn refused(&self, reason: &'static str) {
        let [endpoint, path, socket, transport] = self.labels;
        let labels = [endpoint, path, socket, transport, ("reason", reason)];
        counter!("landfall_refused_connects_total", &labels).increment(1);
    }

    /// Sockets that were told to go because the endpoint stops.
    pub(crate) fn told_to_go(&self, count: usize) {
        counter!("landfall_drained_sockets_total", &self.labels).increment(count as u64);
    }

    pub(crate) fn mailbox(&self) -> MailboxMeter {
        MailboxMeter(self.mailbox.clone())
    }

    /// What is looked at from time to time: bytes that wait for the clients.
    pub(crate) fn looked(&self, outbox: usize) {
        self.outbox.set(outbox as f64);
    }

    /// A callback has returned.
    pub(crate) fn called(&self, callback: &'static str, timed: Timed) {
        match callback {
            "handle_in" => self.handle_in.record(timed.elapsed()),
            "handle_info" => self.handle_info.record(timed.elapsed()),
            rarer => self.called_rarely(rarer, timed),
        }
    }

    fn called_rarely(&self, callback: &'static str, timed: Timed) {
        let [endpoint, path, socket, transport] = self.labels;
        let labels = [endpoint, path, socket, transport, ("callback", callback)];
        histogram!("landfall_callback_duration_seconds", &labels).record(timed.elapsed());
    }
}

/// A request, until it is answered.
pub(crate) struct RequestMeter {
    endpoint: &'static str,
    timed: Timed,
}

impl RequestMeter {
    pub(crate) fn begin(endpoint: &'static str) -> Self {
        let timed = Timed::begin();
        RequestMeter { endpoint, timed }
    }

    pub(crate) fn answered(&self, status: u16) {
        let class = match status {
            100..=199 => "1xx",
            200..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            _ => "5xx",
        };
        let labels = [("endpoint", self.endpoint), ("status", class)];
        histogram!("landfall_request_duration_seconds", &labels).record(self.timed.elapsed());
    }
}

/// A socket has ended: why, and by which close code if that is known.
pub(crate) fn ended(
    endpoint: &'static str,
    socket: &'static str,
    reason: &'static str,
    code: Option<u16>,
) {
    // A client may send any code: those of its own are one.
    const CODES: [&str; 16] = [
        "1000", "1001", "1002", "1003", "1004", "1005", "1006", "1007", "1008", "1009", "1010",
        "1011", "1012", "1013", "1014", "1015",
    ];
    let known = |code: u16| CODES.get(usize::from(code.wrapping_sub(1000))).copied();
    let code = code.map_or("none", |code| known(code).unwrap_or("other"));
    let labels = [
        ("endpoint", endpoint),
        ("socket", socket),
        ("reason", reason),
        ("code", code),
    ];
    counter!("landfall_closed_sockets_total", &labels).increment(1);
}

fn channels(endpoint: &'static str, socket: &'static str, channel: &'static str) -> Gauge {
    let labels = [
        ("endpoint", endpoint),
        ("socket", socket),
        ("channel", channel),
    ];
    gauge!("landfall_channels", &labels)
}

pub(crate) fn channel_joined(endpoint: &'static str, socket: &'static str, channel: &'static str) {
    channels(endpoint, socket, channel).increment(1.0);
}

pub(crate) fn channel_left(endpoint: &'static str, socket: &'static str, channel: &'static str) {
    channels(endpoint, socket, channel).decrement(1.0);
}

/// A callback of a channel has returned.
pub(crate) fn channel_called(
    (endpoint, socket, channel): (&'static str, &'static str, &'static str),
    callback: &'static str,
    timed: Timed,
) {
    histogram!("landfall_channel_callback_duration_seconds", "endpoint" => endpoint,
        "socket" => socket, "channel" => channel, "callback" => callback)
    .record(timed.elapsed());
}

pub(crate) fn reloaded(endpoint: &'static str, result: &'static str) {
    counter!("landfall_reloads_total", "endpoint" => endpoint, "result" => result).increment(1);
}

/// Whether the broker is reached; `adapter` is `redis`, say.
pub(crate) fn broker(adapter: &str, is_up: bool) {
    gauge!("landfall_broker_up", "adapter" => adapter.to_owned()).set(if is_up {
        1.0
    } else {
        0.0
    });
}

/// What is looked at from time to time: topics with subscribers, which count once for each shard
/// that delivers them, and bytes that wait for delivery.
pub(crate) fn looked(endpoint: &'static str, topics: usize, queue_bytes: usize) {
    gauge!("landfall_shard_topics", "endpoint" => endpoint).set(topics as f64);
    gauge!("landfall_queue_bytes", "endpoint" => endpoint).set(queue_bytes as f64);
}
