//! What one client can make the server hold, in bytes of the allocator. A program of its own:
//! all memory is counted. One attack runs at a time, and each runs once before it is measured.

mod channels;
mod custom;
mod http;
mod http2;
mod longpoll;
mod measure;
mod site;
mod websocket;
