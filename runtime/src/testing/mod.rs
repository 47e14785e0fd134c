#![doc = include_str!("../docs/testing.md")]

// | file | what |
// | --- | --- |
// | `start` `site` | a running endpoint in a test |
// | `network` | connections in memory |
// | `visitor` `cookies` | a browser with cookies, which makes requests and connections |
// | `request` `response` | plain HTTP |
// | `sent_error` | errors that requests ended in |
// | `connect` | connections to sockets |
// | `given` | sockets that a test makes itself |
// | `pipe` | an open connection, whatever carries it |
// | `websocket` `longpoll` | the transports, from the client's side |
// | `recorder` | an outbox and an outlet that record |
// | `raw` | a socket without channels |
// | `client` `channel` `push` | channels |
// | `router` `wire` | routing of messages to channels, and their format |
// | `topic` | broadcasts of a topic |
// | `inbox` | received messages that wait to be expected |
// | `payload` | payloads as typed values |
// | `caller` | the line of a test at which a failure is reported |

mod caller;
mod channel;
mod client;
mod conformance;
mod connect;
mod connect_error;
mod connected;
mod cookies;
mod given;
mod inbox;
mod join;
mod longpoll;
mod network;
mod payload;
mod pipe;
mod push;
mod pushed;
mod raw;
mod recorder;
mod request;
mod response;
mod router;
mod sent_error;
mod site;
mod start;
mod topic;
mod visitor;
mod websocket;
mod wire;

pub use self::{
    channel::Channel,
    client::Client,
    conformance::conformance,
    connect::Connect,
    connect_error::ConnectError,
    join::{Join, JoinRefused},
    network::{Network, NetworkListener},
    pipe::Closed,
    push::{Push, Reply},
    pushed::Pushed,
    raw::Raw,
    recorder::{Outbox, Outlet, outbox, outlet},
    request::Request,
    response::Response,
    sent_error::SentError,
    site::Site,
    start::{Start, Stateless, start, start_builder, start_with},
    topic::Topic,
    visitor::Visitor,
};
