//! What one client can make the server hold, counted in bytes by the allocator. A program of its own: all of its memory
//! is counted, so one attack runs at a time, and each runs once before it is measured.

mod channels;
mod custom;
mod http;
mod longpoll;
mod measure;
mod site;
mod websocket;
