//! What a client of sockets sees: the transports, channels and broadcasts. One program, for a program costs seconds to
//! build; what needs a process of its own stands beside it.

mod broadcast;
mod channel_macro;
mod channels;
mod connections;
mod contract;
mod custom_transport;
mod declared;
mod longpoll;
mod mailbox;
mod silence;
mod socket_macro;
mod stalled;
mod transport;
mod websocket;
