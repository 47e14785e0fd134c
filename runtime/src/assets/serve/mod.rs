//! The plug that serves static files.
//!
//! | file | what |
//! | --- | --- |
//! | `options` | what is served, and with which headers |
//! | `service` | a request, from its head to the response |
//! | `future` | the future of a response |
//! | `path` | the names of directories and a file in a request's path |
//! | `source` | where files are: on disk, or in the binary |
//! | `disk` | files below a directory |
//! | `stream` | a file as a body |
//! | `encoding` | which compressed siblings a client accepts |
//! | `range` | which part of a file a client asks for |
//! | `condition` | conditional requests |
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
mod source;
mod stream;

pub use self::{future::StaticFuture, options::Static, service::StaticService};
