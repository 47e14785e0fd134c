//! HTTP/1.1, HTTP/2 and WebSocket byte by byte: a client that sends what it is told, broken frames
//! too.

mod connection;
mod deflate;
mod frame;
mod http;
pub mod http2;

pub use self::{
    connection::{Connection, Ended, PATIENCE},
    deflate::{Deflater, Inflater},
    frame::{Frame, Heard},
    http::{Request, Response},
};
