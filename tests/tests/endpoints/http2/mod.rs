//! HTTP/2: requests, sockets and longpoll on streams, limits, floods, and the end of connections.

mod behind;
mod browser;
mod ends;
mod floods;
mod foreign;
mod limits;
mod longpoll;
mod raw;
mod refusals;
mod requests;
mod site;
mod sockets;
mod tls;
