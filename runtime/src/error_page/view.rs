//! What renders error pages.

use serde_json::json;

use super::ErrorPage;
use crate::{body::Body, error::BoxError};

/// Renders error pages of one format: `render_errors(formats(html = Pages))`.
///
/// A function or a closure of this shape is a view too.
///
/// ```
/// use landfall::{BoxError, Body, error_page::{ErrorPage, ErrorView}};
///
/// struct Pages;
///
/// impl ErrorView for Pages {
///     fn render(&self, page: &ErrorPage<'_>) -> Result<Body, BoxError> {
///         Ok(format!("<h1>{}</h1>", page.reason()).into())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a view of error pages",
    label = "expected a type that implements `ErrorView`",
    note = "a closure `|page| ..` and a function are views too: `fn(&ErrorPage<'_>) -> Result<Body, BoxError>`"
)]
pub trait ErrorView: Send + Sync {
    /// The body of the page. It runs on the request's task, so it must not block.
    ///
    /// # Errors
    /// If the page cannot be rendered. The client gets a plain 500 then, as after a panic of this
    /// function.
    fn render(&self, page: &ErrorPage<'_>) -> Result<Body, BoxError>;

    /// The header `content-type`, if it is not the format's media type in UTF-8.
    fn content_type(&self) -> Option<&'static str> {
        None
    }

    /// The name that [instrumenters](mod@crate::instrument) are told. Default: that of the
    /// type, with its path.
    fn name(&self) -> &'static str {
        std::any::type_name::<Self>()
    }
}

impl<F> ErrorView for F
where
    F: Fn(&ErrorPage<'_>) -> Result<Body, BoxError> + Send + Sync,
{
    fn render(&self, page: &ErrorPage<'_>) -> Result<Body, BoxError> {
        self(page)
    }
}

/// The name of the status, such as `Not Found`.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatusText;

impl ErrorView for StatusText {
    fn render(&self, page: &ErrorPage<'_>) -> Result<Body, BoxError> {
        Ok(page.reason().to_owned().into())
    }
}

/// `{"errors":{"detail":"Not Found"}}`, as Phoenix's generated view renders it.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatusJson;

impl ErrorView for StatusJson {
    fn render(&self, page: &ErrorPage<'_>) -> Result<Body, BoxError> {
        let text = json!({ "errors": { "detail": page.reason() } });
        Ok(text.to_string().into())
    }
}

/// A problem of RFC 9457, as `application/problem+json`: `{"title":"Not Found","status":404}`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProblemJson;

impl ErrorView for ProblemJson {
    fn render(&self, page: &ErrorPage<'_>) -> Result<Body, BoxError> {
        let text = json!({ "title": page.reason(), "status": page.status().as_u16() });
        Ok(text.to_string().into())
    }

    fn content_type(&self) -> Option<&'static str> {
        Some("application/problem+json")
    }
}
