//! Values whose type is not part of the type that holds them.
//!
//! In a debug build, each unit of code describes all types that it reaches by fields and pointers.
//! Sockets reach their endpoint. So each unit of an application's own crate would describe all that
//! an endpoint is, which took most of the time of such a build. Behind a trait object nothing is
//! described.

use std::ops::Deref;

/// A value behind a trait object. It dereferences to the value.
pub(crate) trait Hides<T>: Send + Sync {
    fn shown(&self) -> &T;
}

impl<T: Send + Sync> Hides<T> for T {
    fn shown(&self) -> &T {
        self
    }
}

/// Hides a value in a debug build only: for what is read with each message or request. An optimized
/// build knows the type, and pays for no call.
#[cfg(debug_assertions)]
pub(crate) type HiddenInDebug<T> = dyn Hides<T>;

#[cfg(not(debug_assertions))]
pub(crate) type HiddenInDebug<T> = T;

impl<T: 'static> Deref for dyn Hides<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.shown()
    }
}
