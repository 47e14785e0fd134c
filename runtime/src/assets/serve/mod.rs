//! The plug that serves static files.
//!
//! | file | what |
//! | --- | --- |
//! | `options` | what is served, and with which headers |
//! | `service` | a request, from its head to the answer |
//! | `future` | the future of a response |
//! | `path` | the name of a file in a request's path |
//! | `disk` | files below a directory |
//! | `stream` | a file as a body |
//! | `encoding` | which compressed sibling a client takes |
//! | `range` | which part of a file a client asks for |
//! | `condition` | what a client has already |
//! | `kind` | content types |

mod condition;
mod disk;
mod encoding;
mod future;
mod kind;
mod options;
mod path;
mod range;
mod service;
mod stream;

pub use self::{future::StaticFuture, options::Static, service::StaticService};
