//! What tests of expansions share.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::{env, fs, path::PathBuf};

use proc_macro2::{Group, TokenStream, TokenTree};

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

/// Drops, doubles or moves one token, at any depth.
pub(crate) fn mutate(tokens: TokenStream, at: &mut usize, how: u8) -> TokenStream {
    let mut result = TokenStream::new();
    let mut kept: Option<TokenTree> = None;
    for token in tokens {
        let token = match token {
            TokenTree::Group(group) => TokenTree::Group(Group::new(
                group.delimiter(),
                mutate(group.stream(), at, how),
            )),
            token => token,
        };
        let here = *at == 0;
        *at = at.wrapping_sub(1);
        match (here, how % 3) {
            (true, 0) => {}
            (true, 1) => result.extend([token.clone(), token]),
            (true, _) => kept = Some(token),
            (false, _) => {
                result.extend([token]);
                result.extend(kept.take());
            }
        }
    }
    result.extend(kept);
    result
}
