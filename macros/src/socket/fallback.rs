//! What stands in for a socket that has errors: so that its users see none of their own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{FnArg, ImplItem, ItemImpl};

use super::{ast::Setup, callback::callback, check::info_type, expand::runtime, parse};

/// The user's items without our attributes, and an implementation that is never run.
pub(crate) fn expand(item: TokenStream, setup: &Setup) -> TokenStream {
    let Ok(mut block) = syn::parse2::<ItemImpl>(item.clone()) else { return item };
    strip(&mut block);
    if block.trait_.is_some() || parse::borrowed(&block).is_some() {
        return quote!(#block);
    }
    let runtime = runtime(setup.krate.as_ref());
    let (self_ty, (generics, _, bounds)) = (&block.self_ty, block.generics.split_for_impl());
    let cfgs = block.attrs.iter().filter(|one| one.path().is_ident("cfg"));
    let info = block.items.iter().find_map(|item| match item {
        ImplItem::Fn(item) if item.sig.ident == "handle_info" => info_type(item),
        _ => None,
    });
    let info = match info {
        Some(syn::Type::Reference(_) | syn::Type::ImplTrait(_)) | None => quote!(()),
        Some(info) => quote!(#info),
    };
    quote! {
        #[allow(dead_code, unused, clippy::all)]
        #block
        #(#cfgs)*
        const _: () = {
            use #runtime as __rt;
            #[allow(unused, clippy::all)]
            impl #generics __rt::Socket for #self_ty #bounds {
                type Info = #info;
                async fn connect(
                    _: __rt::Connect<Self::Info>,
                ) -> ::core::result::Result<Self, __rt::Refused> {
                    ::core::unreachable!()
                }
                async fn handle_in(&mut self, _: __rt::Message, _: &mut __rt::Outbox) -> __rt::Flow {
                    ::core::unreachable!()
                }
            }
        };
    }
}

/// Removes what only `#[socket]` understands, and what the compiler would complain about a second time.
fn strip(block: &mut ItemImpl) {
    let mut seen = Vec::new();
    block.unsafety = None;
    block.items.retain_mut(|item| match item {
        ImplItem::Fn(item) => {
            for input in &mut item.sig.inputs {
                let attrs = match input {
                    FnArg::Receiver(receiver) => &mut receiver.attrs,
                    FnArg::Typed(typed) => &mut typed.attrs,
                };
                attrs.retain(|attribute| attribute.path().is_ident("cfg"));
            }
            let name = item.sig.ident.to_string();
            let again = callback(&name).is_some() && seen.contains(&name);
            seen.push(name);
            !again
        }
        ImplItem::Type(_) => false,
        _ => true,
    });
}
