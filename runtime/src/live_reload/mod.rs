//! Pages that are loaded anew when files change, with the protocol and the client of
//! `phoenix_live_reload`.
//!
//! `live_reload(patterns = [..])` in [`endpoint!`](macro@crate::endpoint) turns it on, in debug
//! builds. Each HTML page of the endpoint then ends in a hidden frame, whose script joins the topic
//! `phoenix:live_reload` and is told which kinds of files change. After a stylesheet has changed,
//! the page's stylesheets are loaded anew; after anything else, the page.
//!
//! ```
//! use landfall::prelude::*;
//!
//! endpoint! {
//!     struct Web;
//!     live_reload(patterns = [r"static/.*\.(css|js|png)$", r"templates/.*\.html$"]);
//! }
//! # fn main() {}
//! ```
//!
//! A page is also loaded anew when its frame finds that the endpoint has started anew since, as
//! under `landfall dev`.

// | file | what |
// | --- | --- |
// | `console` | log lines for browsers |
// | `channel` | the socket and its channel |
// | `frame` | the page in the frame |
// | `inject` | the frame's tag in a body that streams |
// | `walk` | the directories that are watched |
// | `monitor` | watches files, and tells pages |
// | `service` | what it does with requests and responses |

mod channel;
mod console;
mod frame;
mod inject;
mod monitor;
mod service;
mod walk;

pub use self::console::ConsoleLogger;
pub(crate) use self::{channel::MOUNT, service::LiveReload};
