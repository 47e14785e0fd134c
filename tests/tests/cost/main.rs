//! What one client can make the server hold, in bytes of the allocator. A program of its own:
//! all memory is counted. Each test starts it again for itself, and each attack runs once before it is measured.

mod channels;
mod custom;
mod http;
mod http2;
mod longpoll;
mod measure;
mod site;
mod websocket;
