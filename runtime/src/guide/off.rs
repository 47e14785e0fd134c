//! The guide: with the features `axum`, `redis`, `testing` and `tls`, and those that are on by
//! default. `cargo doc --all-features` builds it.
