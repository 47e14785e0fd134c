//! `fail/<area>/<what>.rs` does not compile and says what `<what>.stderr` says.
//!
//! `TRYBUILD=overwrite cargo test -p landfall-ui-tests` writes what the compiler says now: read the difference.

#[test]
fn declarations() {
    // No `pass` here: with one, trybuild builds the cases one after another. See `pass.rs`.
    trybuild::TestCases::new().compile_fail("fail/*/*.rs");
}
