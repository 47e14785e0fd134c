#![doc = include_str!("docs/reference.md")]

// It has no items. A test of the macros writes the page.
