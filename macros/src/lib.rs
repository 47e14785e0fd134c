//! The macros of [landfall](https://docs.rs/landfall): use them through that crate, where they are documented.

mod diag;

use proc_macro::TokenStream;

/// Declares an endpoint.
#[proc_macro]
pub fn endpoint(_input: TokenStream) -> TokenStream {
    TokenStream::new()
}

/// Turns an impl block into a socket.
#[proc_macro_attribute]
pub fn socket(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}
