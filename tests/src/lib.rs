//! Landfall from outside: everything here goes through the public API or over the wire.
//!
//! | module | what |
//! | --- | --- |
//! | `wire` | HTTP/1.1 and WebSocket byte by byte, well-formed or not |
//! | `attack` | attacks on a server, and what they cost it |
//! | `broker` | a broker of one node, which does as the test says |
//! | `chapter` | what pages of the documentation show besides Rust |
//! | `client` | a WebSocket client for tests |
//! | `logged` | the log as text |
//! | `longpoll` | a longpoll client for tests |
//! | `wait` | waiting for what other tasks bring about |
//! | `process` | what the process of a test has in use |
//! | `node` | a node of a cluster, and what a test asks it |
//! | `proxy` | programs in front of a server, with the configurations that pages show |
//! | `quay` | channels for clients that others wrote |
//! | `replay` | recorded exchanges played again, and their answers compared |
//! | `moored` | a server that is stopped by signals |
//! | `nats`, `redis` | brokers of a test's own |
//! | `peer` | the application that was recorded, rebuilt |
//! | `soak` | a server under churn, and what is left of it |

pub mod attack;
pub mod broker;
pub mod chapter;
pub mod client;
pub mod logged;
pub mod longpoll;
pub mod moored;
pub mod nats;
pub mod node;
pub mod peer;
pub mod process;
pub mod proxy;
pub mod quay;
pub mod redis;
pub mod replay;
pub mod soak;
pub mod wait;
pub mod wire;

/// The front page, whose code is compiled as that of the documentation is.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct FrontPage;
