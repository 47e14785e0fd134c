#![doc = include_str!("../docs/state.md")]

// | file | what |
// | --- | --- |
// | `need` | what a socket, a channel or an extractor takes of the state, as a type |
// | `provide` | whether a state provides it, and how it is taken |
// | `app` | the type-erased state, as a running endpoint holds it |

mod app;
mod need;
mod provide;

pub(crate) use self::app::Fill;
pub use self::{
    app::AppState,
    need::{By, Conditional, Need, Needed},
    provide::{Provide, Takes},
};

/// How a part is taken from the application's state: `impl FromRef<App> for Pool`. A state that is
/// `Clone` provides itself.
///
/// With the feature `axum` this is axum's trait, so that one implementation (or
/// `#[derive(FromRef)]` of axum) serves sockets, channels and the extractor `State`.
#[cfg(feature = "axum")]
pub use axum::extract::FromRef;

/// How a part is taken from the application's state: `impl FromRef<App> for Pool`. A state that is
/// `Clone` provides itself.
///
/// With the feature `axum` this is axum's trait, so that one implementation (or
/// `#[derive(FromRef)]` of axum) serves sockets, channels and the extractor `State`.
#[cfg(not(feature = "axum"))]
pub trait FromRef<T> {
    /// Takes the part, usually by cloning a handle to it.
    fn from_ref(input: &T) -> Self;
}

#[cfg(not(feature = "axum"))]
impl<T: Clone> FromRef<T> for T {
    fn from_ref(input: &T) -> Self {
        input.clone()
    }
}
