//! `fail/<area>/<what>.rs` does not compile and says what `<what>.stderr` says; `pass/*.rs` compiles and runs.
//!
//! `TRYBUILD=overwrite cargo test -p landfall-ui-tests` writes what the compiler says now: read the difference.

#[test]
fn declarations() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/*/*.rs");
    cases.pass("pass/*.rs");
}
