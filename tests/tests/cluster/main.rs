//! Nodes as processes, with a real Redis between them, and HAProxy in front of them.
#![cfg(unix)]

mod balancer;
mod manual;
mod presence;
mod process;
mod soak;
