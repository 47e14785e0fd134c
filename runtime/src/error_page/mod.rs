#![doc = include_str!("../docs/errors.md")]
//!
// | file | what |
// | --- | --- |
// | `options` | what is declared |
// | `view` | the trait that renders pages, and the built-in views |
// | `page` | the input of views |
// | `kept` | the pages of a running endpoint, and the requests that may need one |
// | `request` | the head of a request, kept until it is answered, and without its secrets |
// | `pages` `put` | what is rendered, and where it goes |
// | `instrumented` | pages as events of instrumenters |
// | `render` | chooses the format and renders, once for each response |
// | `debug` | the pages for developers |

mod debug;
mod instrumented;
mod kept;
mod options;
mod page;
mod pages;
mod put;
mod render;
mod request;
mod view;

use self::request::Head;
pub use self::{
    instrumented::{ControllerRender, ErrorRender},
    options::{DebugErrors, ErrorFormat, RenderErrors},
    page::ErrorPage,
    view::{ErrorView, ProblemJson, StatusJson, StatusText},
};
pub(crate) use self::{
    kept::{Kept, Pages},
    pages::ErrorPages,
};
pub use crate::failure::{Failure, FailureKind, OrStatus};
use crate::handle::has_handle;

has_handle! {
    [] ErrorPage<'_>,
}
