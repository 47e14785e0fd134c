//! The callbacks of a channel, as a table.

use crate::block::callback::{Callback, Output, Receiver};

pub(crate) const CALLBACKS: &[Callback] = &[
    Callback {
        name: "join",
        receiver: Receiver::None,
        arguments: None,
        output: Output::Value,
        waits: true,
        required: true,
        signature: "async fn join(..) -> Result<Self, JoinError>",
    },
    Callback {
        name: "joined",
        receiver: Receiver::Borrowed,
        arguments: Some(1),
        output: Output::Next,
        waits: true,
        required: false,
        signature: "async fn joined(&mut self, out: &mut Outlet)",
    },
    Callback {
        name: "handle_in",
        receiver: Receiver::Borrowed,
        arguments: Some(2),
        output: Output::Next,
        waits: true,
        required: false,
        signature: "async fn handle_in(&mut self, event: Event, out: &mut Outlet) -> Answer",
    },
    Callback {
        name: "handle_gap",
        receiver: Receiver::Borrowed,
        arguments: Some(1),
        output: Output::Next,
        waits: true,
        required: false,
        signature: "async fn handle_gap(&mut self, out: &mut Outlet)",
    },
    Callback {
        name: "handle_info",
        receiver: Receiver::Borrowed,
        arguments: Some(2),
        output: Output::Next,
        waits: true,
        required: false,
        signature: "async fn handle_info(&mut self, info: T, out: &mut Outlet)",
    },
    Callback {
        name: "terminate",
        receiver: Receiver::Owned,
        arguments: Some(1),
        output: Output::Nothing,
        waits: false,
        required: false,
        signature: "fn terminate(self, reason: Reason)",
    },
];

pub(crate) fn callback(name: &str) -> Option<&'static Callback> {
    CALLBACKS.iter().find(|callback| callback.name == name)
}
