#![doc = include_str!("../docs/errors.md")]
//!
// | file | what |
// | --- | --- |
// | `options` | what is declared |
// | `view` | the trait that renders pages, and the built-in views |
// | `page` | the input of views |
// | `request` | the head of a request, kept until it is answered, and without its secrets |
// | `render` | chooses the format and renders, once for each response |
// | `debug` | the pages for developers |

mod debug;
mod options;
mod page;
mod render;
mod request;
mod view;

pub use self::{
    options::{DebugErrors, ErrorFormat, RenderErrors},
    page::ErrorPage,
    view::{ErrorView, ProblemJson, StatusJson, StatusText},
};
pub(crate) use self::{
    render::{ErrorPages, without_page},
    request::Head,
};
pub use crate::failure::{Failure, FailureKind, OrStatus};
