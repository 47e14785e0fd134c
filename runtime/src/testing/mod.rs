#![doc = include_str!("../docs/testing.md")]

// | file | what |
// | --- | --- |
// | `start` `site` | an endpoint that runs for a test |
// | `network` | connections in memory |
// | `visitor` `cookies` | somebody with cookies, from whom requests and connections come |
// | `request` `response` | plain HTTP |
// | `connect` | how a socket is connected to |
// | `pipe` | an open connection, whatever carries it |
// | `websocket` `longpoll` | the transports, as clients see them |
// | `recorder` | what callbacks write to, without a client |
// | `raw` | a socket without channels |
// | `client` `channel` `push` | channels |
// | `router` `wire` | which message belongs to which channel, and the format of channels |
// | `topic` | what is broadcast |
// | `inbox` | what came and waits to be expected |
// | `payload` | reading what came as what it should be |
// | `caller` | the line of a test that is to blame |

mod caller;
mod channel;
mod client;
mod connect;
mod cookies;
mod inbox;
mod longpoll;
mod network;
mod payload;
mod pipe;
mod push;
mod raw;
mod recorder;
mod request;
mod response;
mod router;
mod site;
mod start;
mod topic;
mod visitor;
mod websocket;
mod wire;

pub use self::{
    channel::{Channel, Pushed},
    client::{Client, Join, JoinRefused},
    connect::{Connect, ConnectError},
    network::{Network, NetworkListener},
    pipe::Closed,
    push::{Push, Reply},
    raw::Raw,
    recorder::{Outbox, Outlet, outbox, outlet},
    request::Request,
    response::Response,
    site::Site,
    start::{Start, Stateless, start, start_builder, start_with},
    topic::Topic,
    visitor::Visitor,
};
