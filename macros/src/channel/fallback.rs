//! What stands in for a channel that has errors: so that its users see none of their own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, ImplItem, ItemImpl, Path};

use super::ast::Declaration;
use crate::{
    block::{argument_attributes_mut, borrowed, info_or_unit},
    diag::Diagnostics,
    expansion::within_runtime,
    language::attributes::cfgs,
};

pub(crate) fn declaration(declaration: &Declaration, diag: Diagnostics) -> TokenStream {
    let (stand_in, errors) = (stand_in(declaration), diag.finish());
    quote!(#stand_in #errors)
}

/// The user's items without our attributes, and an implementation that is never run.
fn stand_in(Declaration { setup, item, .. }: &Declaration) -> TokenStream {
    let Ok(mut block) = syn::parse2::<ItemImpl>(item.clone()) else {
        return item.clone();
    };
    strip(&mut block);
    let ours = |path: &Path| {
        path.segments
            .last()
            .is_some_and(|last| last.ident == "Channel")
    };
    block.trait_ = block.trait_.filter(|(path, _)| !ours(path));
    let Some(socket) = setup
        .socket
        .as_ref()
        .filter(|_| block.trait_.is_none() && borrowed(&block).is_none())
        .filter(|_| cfg!(feature = "channels"))
    else {
        return quote!(#block);
    };
    let (self_ty, (generics, _, bounds)) = (&block.self_ty, block.generics.split_for_impl());
    let cfgs = cfgs(&block.attrs);
    let info = info_or_unit(&block);
    let implementation = quote! {
        #[allow(unused, clippy::all)]
        impl #generics __rt::channel::Channel for #self_ty #bounds {
            type Socket = #socket;
            type Info = #info;
            type State = ();
            async fn join(
                _: __rt::channel::Join<Self>,
            ) -> ::core::result::Result<__rt::channel::Joined<Self>, __rt::channel::JoinError> {
                ::core::unreachable!()
            }
            async fn handle_in(
                &mut self,
                _: __rt::channel::Event,
                _: &mut __rt::channel::Outlet,
            ) -> __rt::channel::Answer {
                ::core::unreachable!()
            }
        }
    };
    let implementation = within_runtime(setup.krate.as_ref(), &implementation);
    quote! {
        #[allow(dead_code, unused, clippy::all)]
        #block
        #(#cfgs)*
        #implementation
    }
}

/// Removes what only `#[channel]` understands, and what the compiler would complain about a second time.
fn strip(block: &mut ItemImpl) {
    let mut seen = Vec::new();
    block.unsafety = None;
    block.items.retain_mut(|item| match item {
        ImplItem::Fn(item) => {
            item.attrs.retain(is_of_rust);
            for input in &mut item.sig.inputs {
                argument_attributes_mut(input).retain(|attribute| attribute.path().is_ident("cfg"));
            }
            let name = item.sig.ident.to_string();
            let again = seen.contains(&name);
            seen.push(name);
            !again
        }
        ImplItem::Type(_) => false,
        _ => true,
    });
}

/// Documentation, conditions, lints: what the compiler knows.
fn is_of_rust(attribute: &Attribute) -> bool {
    const KNOWN: [&str; 10] = [
        "cfg",
        "cfg_attr",
        "doc",
        "allow",
        "expect",
        "warn",
        "deny",
        "inline",
        "must_use",
        "track_caller",
    ];
    KNOWN.iter().any(|known| attribute.path().is_ident(known))
        || attribute.path().get_ident().is_none()
}
