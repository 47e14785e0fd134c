//! Pages that are loaded anew when files change.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod changes;
mod pages;
mod site;
