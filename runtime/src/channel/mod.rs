//! Channels: many conversations over one connection, as Phoenix's clients hold them.
//!
//! | file | what |
//! | --- | --- |
//! | `serializer` | the wire formats, and which one a client asks for |

mod serializer;

pub use self::serializer::{
    ClientMessage, Name, NameRef, Ref, Requirement, Serializer, ServerMessage, Undecodable, Unencodable,
    UnsupportedVersion, V1, V2, Versioned, negotiate,
};
