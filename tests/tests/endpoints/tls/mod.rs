//! `https`: sockets over TLS, listeners side by side, certificates that are wrong or change.

mod ciphers;
mod foreign;
mod handshakes;
mod listeners;
mod site;
mod sockets;
