//! What the figures are, for recorders that show it.

use metrics::{describe_counter, describe_gauge, describe_histogram};

type Described = (&'static str, &'static str);

const COUNTERS: &[Described] = &[
    ("landfall_messages_in_total", "Messages of clients."),
    (
        "landfall_message_bytes_in_total",
        "Bytes of messages of clients.",
    ),
    ("landfall_messages_out_total", "Messages to clients."),
    (
        "landfall_message_bytes_out_total",
        "Bytes of messages to clients.",
    ),
    (
        "landfall_slow_clients_total",
        "Clients that were closed because they did not read.",
    ),
    (
        "landfall_dropped_broadcasts_total",
        "Broadcasts that were dropped because a client did not read.",
    ),
    (
        "landfall_drained_sockets_total",
        "Sockets that were told to go because the endpoint stops.",
    ),
    (
        "landfall_refused_connects_total",
        "Requests for sockets that were refused, by reason.",
    ),
    (
        "landfall_closed_sockets_total",
        "Sockets that ended, by reason and close code.",
    ),
    (
        "landfall_reloads_total",
        "Reloads of the configuration, by result.",
    ),
];

const GAUGES: &[Described] = &[
    ("landfall_sockets", "Open sockets."),
    ("landfall_outbox_bytes", "Bytes that wait for clients."),
    (
        "landfall_mailbox_messages",
        "Messages that wait for handle_info.",
    ),
    ("landfall_channels", "Joined channels."),
    (
        "landfall_shard_topics",
        "Topics with subscribers, once for each worker thread that delivers them.",
    ),
    (
        "landfall_queue_bytes",
        "Bytes of broadcasts that wait for delivery.",
    ),
    (
        "landfall_broker_up",
        "1 while the broker is reached, 0 while it is not.",
    ),
];

const HISTOGRAMS: &[Described] = &[
    (
        "landfall_callback_duration_seconds",
        "How long callbacks of sockets took.",
    ),
    (
        "landfall_channel_callback_duration_seconds",
        "How long callbacks of channels took.",
    ),
    (
        "landfall_request_duration_seconds",
        "How long requests took, as far as the head of the response.",
    ),
];

/// Tells the recorder what each figure is.
pub(crate) fn describe() {
    for (name, text) in COUNTERS {
        describe_counter!(*name, *text);
    }
    for (name, text) in GAUGES {
        describe_gauge!(*name, *text);
    }
    for (name, text) in HISTOGRAMS {
        describe_histogram!(*name, *text);
    }
}
