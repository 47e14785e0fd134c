//! How a layer sets one value.

use std::panic::Location;

/// One key of a layer: unset, a value, an environment variable, or a variable with a default.
///
/// The variable belongs to the layer "environment", and its default to the layer that names it. The
/// configuration file lies between the two.
///
/// ```
/// use landfall::config::{Http, Setting};
///
/// let http = Http { port: Setting::env_or_exact("PORT", 4000), ip: Setting::given([127, 0, 0, 1]), ..Http::DEFAULT };
/// # drop(http);
/// ```
#[derive(Clone, Debug)]
pub struct Setting<T> {
    pub(super) value: Option<T>,
    pub(super) variable: Option<&'static str>,
    pub(super) location: Option<&'static Location<'static>>,
}

impl<T> Setting<T> {
    /// This layer does not set the key.
    pub const UNSET: Setting<T> = Setting {
        value: None,
        variable: None,
        location: None,
    };

    /// A value.
    #[track_caller]
    pub fn given(value: impl Into<T>) -> Self {
        Setting::exact(value.into())
    }

    /// A value of the key's own type. Unlike with [`given`](Setting::given), the compiler can infer
    /// the type of a literal.
    #[track_caller]
    pub const fn exact(value: T) -> Self {
        Setting {
            value: Some(value),
            variable: None,
            location: Some(Location::caller()),
        }
    }

    /// An environment variable, read when the endpoint starts and when it reloads. If it is not
    /// set, and no other layer sets the key, that is an error.
    #[track_caller]
    pub const fn env(variable: &'static str) -> Self {
        Setting {
            value: None,
            variable: Some(variable),
            location: Some(Location::caller()),
        }
    }

    /// An environment variable, and a default for when it is not set.
    #[track_caller]
    pub fn env_or(variable: &'static str, value: impl Into<T>) -> Self {
        Setting::env_or_exact(variable, value.into())
    }

    /// An environment variable, and a default of the key's own type.
    #[track_caller]
    pub const fn env_or_exact(variable: &'static str, value: T) -> Self {
        Setting {
            value: Some(value),
            variable: Some(variable),
            location: Some(Location::caller()),
        }
    }
}

impl<T> Default for Setting<T> {
    fn default() -> Self {
        Setting::UNSET
    }
}
