//! The values of `render_errors(..)` and `debug_errors`.

use std::{error::Error, fmt};

use http::StatusCode;
use tracing::Level;

use super::{ErrorView, StatusJson, StatusText};

/// `render_errors(..)`: how answers that are errors look.
#[derive(Clone, Copy, Debug)]
pub struct RenderErrors {
    /// The formats that clients can ask for. The first is for clients that accept none of them.
    /// Default: the status's name, as HTML and as JSON.
    pub formats: &'static [ErrorFormat],
    /// The status of errors that are not a [`Failure`](super::Failure). It is called with an error
    /// and then with each of its causes, until it returns a status. Without one, the status is 500.
    /// Default: not set.
    pub status: Option<fn(&(dyn Error + 'static)) -> Option<StatusCode>>,
    /// The level at which a rendered error is logged. Default `debug`.
    pub log: Option<Level>,
}

impl RenderErrors {
    /// No key set.
    pub const DEFAULT: RenderErrors = RenderErrors {
        formats: &[
            ErrorFormat::new("html", "text/html", &StatusText),
            ErrorFormat::new("json", "application/json", &StatusJson),
        ],
        status: None,
        log: Some(Level::DEBUG),
    };
}

/// A format of error pages.
#[derive(Clone, Copy)]
pub struct ErrorFormat {
    /// The name by which a request can ask for it: `?_format=json`.
    pub name: &'static str,
    /// The type by which the header `accept` asks for it.
    pub media_type: &'static str,
    /// The view that renders it.
    pub view: &'static dyn ErrorView,
}

impl ErrorFormat {
    /// A format by its name and its media type, without parameters.
    pub const fn new(
        name: &'static str,
        media_type: &'static str,
        view: &'static dyn ErrorView,
    ) -> Self {
        ErrorFormat {
            name,
            media_type,
            view,
        }
    }
}

impl fmt::Debug for ErrorFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorFormat")
            .field("name", &self.name)
            .field("media_type", &self.media_type)
            .finish_non_exhaustive()
    }
}

/// `debug_errors = ..`: who sees pages for developers, with source code and the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DebugErrors {
    /// Nobody.
    #[default]
    Off,
    /// Clients on this machine that use one of its own names, without a proxy.
    Local,
    /// Everyone.
    Everyone,
}

impl DebugErrors {
    /// `debug_errors = on`, in a debug build of the application or not.
    #[doc(hidden)]
    pub const fn local(on: bool, debug_build: bool) -> Self {
        if on && debug_build {
            DebugErrors::Local
        } else {
            DebugErrors::Off
        }
    }

    /// `debug_errors = insecure(on, ..)`.
    #[doc(hidden)]
    pub const fn everyone(on: bool) -> Self {
        if on {
            DebugErrors::Everyone
        } else {
            DebugErrors::Off
        }
    }
}
