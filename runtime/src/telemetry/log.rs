//! The level at which something is logged, or the function that chooses it.

use std::fmt;

use tracing::Level;

/// The level at which something is logged.
///
/// `F` is the function that chooses it, such as `fn(&str) -> Option<Level>` for the topic of a
/// join. It should be quick: it is called for each event while anything is logged at all. One that
/// panics is logged, and its event is not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Log<F> {
    /// It is not logged.
    Off,
    /// It is logged at this level.
    At(Level),
    /// It is logged at the level that the function returns. `None` is silent.
    By(F),
}

impl<F> fmt::Debug for Log<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Log::Off => f.write_str("Off"),
            Log::At(level) => f.debug_tuple("At").field(level).finish(),
            Log::By(_) => f.write_str("By(..)"),
        }
    }
}
