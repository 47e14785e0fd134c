//! Channels: many conversations over one connection, as Phoenix's clients hold them.
//!
//! | file | what |
//! | --- | --- |
//! | `serializer` | the wire formats, and which one a client asks for |

mod serializer;

pub use self::serializer::{
    ClientMessage, Name, NameRef, Ref, Serializer, ServerMessage, Undecodable, Unencodable, V1, V2,
};
