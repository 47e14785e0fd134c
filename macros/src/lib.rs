//! The macros of [landfall](https://docs.rs/landfall): use them through that crate, where they are
//! documented.

#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::todo,
    clippy::unreachable,
    clippy::unwrap_used
)]
#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used,
        reason = "a test fails by it"
    )
)]

mod block;
mod channel;
#[cfg(all(test, feature = "channels"))]
mod cursors;
mod diag;
mod editor;
mod embed;
mod endpoint;
mod expansion;
#[allow(dead_code, reason = "the runtime uses more of it")]
mod grammar;
#[cfg(all(test, feature = "channels"))]
mod helps;
mod language;
#[cfg(all(test, feature = "channels"))]
mod mutations;
#[cfg(all(test, feature = "channels"))]
mod reference;
mod root;
mod socket;
#[cfg(test)]
#[cfg_attr(
    not(feature = "channels"),
    allow(dead_code, reason = "tests of channels use it")
)]
mod testing;
mod value;
mod warning;
#[cfg(all(test, not(feature = "channels")))]
mod without_channels;

use proc_macro::TokenStream;

#[expect(missing_docs, reason = "landfall has the documentation")]
#[proc_macro]
pub fn endpoint(input: TokenStream) -> TokenStream {
    endpoint::run(input.into()).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn embed_files(input: TokenStream) -> TokenStream {
    embed::run(input.into()).into()
}

#[expect(missing_docs, reason = "landfall has the documentation")]
#[proc_macro_attribute]
pub fn socket(arguments: TokenStream, item: TokenStream) -> TokenStream {
    socket::run(arguments.into(), item.into()).into()
}

#[expect(missing_docs, reason = "landfall has the documentation")]
#[proc_macro_attribute]
pub fn channel(arguments: TokenStream, item: TokenStream) -> TokenStream {
    channel::run(arguments.into(), item.into()).into()
}
