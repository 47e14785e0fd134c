//! The crates that a program was compiled with. A test can then call the compiler as Cargo does, and compile what it
//! likes with the same crates: nothing is built a second time.

use proc_macro::TokenStream;

/// Expands to the arguments `--extern` and `-L` of the compiler that runs this macro, as a `&[&str]`.
///
/// Cargo tells a program only the name of its dependencies, and never the files. A macro runs in the compiler, which was
/// told both.
#[proc_macro]
pub fn externs(_: TokenStream) -> TokenStream {
    let mut found = Vec::new();
    let mut arguments = std::env::args();
    while let Some(argument) = arguments.next() {
        if argument == "--extern" || argument == "-L" {
            found.push(argument);
            found.extend(arguments.next());
        }
    }
    format!("{{ const EXTERNS: &[&str] = &{found:?}; EXTERNS }}")
        .parse()
        .unwrap_or_default()
}
