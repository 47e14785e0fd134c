//! The wire formats of channels.
//!
//! | file | what |
//! | --- | --- |
//! | `reference` | what ties a reply to its request, and a message to its join |
//! | `name` | topics and events as clients send them |
//! | `message` | what serializers read and write |
//! | `error` | what serializers can neither read nor write |
//! | `json` | JSON without copies: parts of a text, and strings that need no escapes |
//! | `body` | the payload of a JSON message for clients |
//! | `five` | the elements of a V2 message |
//! | `v1`, `v2` | the formats of Phoenix |
//! | `binary` | the frames of V2 whose payload is bytes |
//! | `version`, `requirement` | versions, compared as Elixir does |
//! | `negotiate` | the serializer for a client |
//! | `encoder` | broadcasts, encoded once for all clients of a serializer |

mod binary;
mod body;
mod contract;
mod encoder;
mod error;
mod five;
mod json;
mod message;
mod name;
mod negotiate;
mod quoted;
mod reference;
mod requirement;
#[cfg(test)]
mod tests;
mod v1;
mod v2;
mod version;

pub use self::{
    contract::Serializer,
    error::Undecodable,
    message::{ClientMessage, ServerMessage},
    name::{Name, NameRef},
    negotiate::{UnsupportedVersion, Versioned, negotiate},
    reference::Ref,
    requirement::Requirement,
    v1::V1,
    v2::V2,
};
