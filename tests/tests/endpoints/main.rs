//! What an endpoint does for an application: configuration, requests, sessions, TLS, state, tests. One program, for a
//! program costs seconds to build; what needs a process of its own stands beside it.

mod auth;
mod axum;
mod config;
mod debug;
mod endpoint;
mod force_ssl;
mod http2;
mod refusal;
mod sessions;
mod state;
mod testing;
mod tls;
mod tokens;
