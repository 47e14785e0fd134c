//! What an editor is told beside the compiler: tokens that the expansion has no other use for, and
//! names of which only the beginning is typed.
//!
//! An editor completes a token as what it is in the expansion. So a half-typed key becomes a field
//! of a struct whose fields are the keys, in code that the compiler does not see.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Item};

/// Code that editors read and the compiler does not. It stands in an item with
/// `#[allow(unexpected_cfgs)]`. `None` if there is none, or if it is no Rust, which the compiler
/// would report.
///
/// Editors report no mistakes in the value of a variant, so each is reported once, by us.
pub(crate) fn hidden(code: &TokenStream) -> Option<TokenStream> {
    if code.is_empty() {
        return None;
    }
    let item = quote! {
        #[cfg(rust_analyzer)]
        enum __Typed {
            Here = { #code 0 }
        }
    };
    syn::parse2::<Item>(item.clone()).is_ok().then_some(item)
}

/// `ho: loop {},` for a key of which `ho` is typed.
pub(crate) fn fields(typed: &[Ident]) -> TokenStream {
    typed.iter().map(|name| quote!(#name: loop {},)).collect()
}

/// `let _ = __rt::MountKeys { lo: loop {}, ..__rt::MOUNT_KEYS };`
pub(crate) fn names(list: List, typed: &[Ident]) -> TokenStream {
    let (structure, all) = list.names();
    let one = |name: &Ident| quote!(let _ = __rt::#structure { #name: loop {}, ..__rt::#all };);
    typed.iter().map(one).collect()
}

/// `const _: &[()] = &[__rt::MARKS.param];`: each name is explained where it is written.
pub(crate) fn explained<'a>(list: List, written: impl Iterator<Item = &'a Ident>) -> TokenStream {
    let (_, all) = list.names();
    let mut names = written.peekable();
    match names.peek() {
        Some(_) => quote!(const _: &[()] = &[#(__rt::#all.#names),*];),
        None => TokenStream::new(),
    }
}

/// `words::inf` for a word of which `inf` is typed.
pub(crate) fn words<'a>(known: impl Iterator<Item = &'a str>, typed: &Ident) -> TokenStream {
    let known = known.map(|word| format_ident!("{word}"));
    quote!({
        mod words { #(pub const #known: () = ();)* }
        words::#typed
    })
}

/// A list of names in the runtime.
#[derive(Clone, Copy)]
pub(crate) enum List {
    Directives,
    MountKeys,
    SocketKeys,
    RouteKeys,
    ChannelKeys,
    Marks,
}

impl List {
    fn names(self) -> (Ident, Ident) {
        let (structure, all) = match self {
            List::Directives => ("Directives", "DIRECTIVES"),
            List::MountKeys => ("MountKeys", "MOUNT_KEYS"),
            List::SocketKeys => ("SocketKeys", "SOCKET_KEYS"),
            List::RouteKeys => ("RouteKeys", "ROUTE_KEYS"),
            List::ChannelKeys => ("ChannelKeys", "CHANNEL_KEYS"),
            List::Marks => ("Marks", "MARKS"),
        };
        (format_ident!("{structure}"), format_ident!("{all}"))
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs, path::Path};

    use syn::{
        Attribute, Item, Token, braced,
        parse::{Parse, ParseStream},
        punctuated::Punctuated,
    };

    use super::*;
    use crate::{block::MARKS, language::schema};

    /// `/// doc` `Struct CONSTANT { /// doc` `name, .. }`
    struct Written {
        list: String,
        names: Vec<String>,
    }

    impl Parse for Written {
        fn parse(input: ParseStream) -> syn::Result<Self> {
            input.call(Attribute::parse_outer)?;
            let list = input.parse::<Ident>()?.to_string();
            input.parse::<Ident>()?;
            let content;
            braced!(content in input);
            let name = |input: ParseStream| {
                let documented = !input.call(Attribute::parse_outer)?.is_empty();
                let name: Ident = input.parse()?;
                assert!(documented, "`{name}` has no documentation");
                Ok(name.to_string())
            };
            let names = Punctuated::<String, Token![,]>::parse_terminated_with(&content, name)?;
            Ok(Written {
                list,
                names: names.into_iter().collect(),
            })
        }
    }

    fn lists() -> BTreeMap<String, Vec<String>> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src/private/names.rs");
        let file = syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap();
        let tokens = file.items.into_iter().find_map(|item| match item {
            Item::Macro(item) if item.mac.path.is_ident("names") => Some(item.mac.tokens),
            _ => None,
        });
        let all = |input: ParseStream| {
            let mut all = BTreeMap::new();
            while !input.is_empty() {
                let Written { list, names } = input.parse()?;
                all.insert(list, names);
            }
            Ok(all)
        };
        syn::parse::Parser::parse2(all, tokens.unwrap()).unwrap()
    }

    #[test]
    fn the_runtime_lists_the_names_of_the_language() {
        let mut lists = lists();
        let mut same = |list: &str, names: &mut dyn Iterator<Item = &'static str>| {
            let listed = lists.remove(list).unwrap();
            assert_eq!(listed, names.collect::<Vec<_>>(), "{list}");
        };
        // A keyword is no field.
        let directives = schema::directive_names().filter(|name| *name != "crate");
        same("Directives", &mut { directives });
        same("MountKeys", &mut schema::SOCKET.key_names());
        let of_channels = ["channel"]
            .into_iter()
            .chain(schema::CHANNEL_OPTIONS.key_names());
        let keys = schema::SOCKET_OPTIONS.key_names().chain(of_channels);
        same("SocketKeys", &mut { keys });
        same("RouteKeys", &mut schema::ROUTE.key_names());
        same("ChannelKeys", &mut schema::CHANNEL.key_names());
        same("Marks", &mut MARKS.into_iter());
        assert!(lists.is_empty(), "{:?}", lists.keys());
    }
}
