//! What tests of expansions share.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::{env, fs, path::PathBuf};

use proc_macro2::TokenStream;

/// Compares with `src/<of>/snapshots/<name>.rs`; `UPDATE=1` writes it.
pub(crate) fn snapshot(of: &str, name: &str, expansion: TokenStream) {
    let expansion = prettyplease::unparse(&syn::parse2(expansion).unwrap());
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("src")
        .join(of)
        .join("snapshots");
    let path = directory.join(name).with_extension("rs");
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &expansion).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == expansion,
        "{} differs; look at it and set UPDATE=1:\n{expansion}",
        path.display()
    );
}

/// The messages of an expansion, each with its help and notes.
pub(crate) fn errors(expansion: TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(expansion).unwrap();
    let message = |item: &syn::Item| match item {
        syn::Item::Macro(item)
            if item.mac.path.segments.last().unwrap().ident == "compile_error" =>
        {
            Some(
                syn::parse2::<syn::LitStr>(item.mac.tokens.clone())
                    .unwrap()
                    .value(),
            )
        }
        _ => None,
    };
    file.items.iter().filter_map(message).collect()
}
