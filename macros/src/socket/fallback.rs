//! What stands in for a socket that has errors: so that its users see none of their own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ImplItem, ItemImpl};

use super::ast::Declaration;
use crate::{
    block::{argument_attributes_mut, borrowed, callback::Callback, info_or_unit},
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
    strip(&mut block, setup.callbacks());
    if block.trait_.is_some() || borrowed(&block).is_some() {
        return quote!(#block);
    }
    let cfgs = cfgs(&block.attrs);
    let implementation = if setup.channels.declared && cfg!(feature = "channels") {
        with_channels(&block)
    } else {
        plain(&block)
    };
    let implementation = within_runtime(setup.krate.as_ref(), &implementation);
    quote! {
        #[allow(dead_code, unused, clippy::all)]
        #block
        #(#cfgs)*
        #implementation
    }
}

fn plain(block: &ItemImpl) -> TokenStream {
    let (self_ty, (generics, _, bounds)) = (&block.self_ty, block.generics.split_for_impl());
    let info = info_or_unit(block);
    quote! {
        #[allow(unused, clippy::all)]
        impl #generics __rt::Socket for #self_ty #bounds {
            type Info = #info;
            type State = ();
            async fn connect(
                _: __rt::Connect<Self::Info>,
            ) -> ::core::result::Result<Self, __rt::Refused> {
                ::core::unreachable!()
            }
            async fn handle_in(&mut self, _: __rt::Message, _: &mut __rt::Outbox) -> __rt::Flow {
                ::core::unreachable!()
            }
        }
    }
}

fn with_channels(block: &ItemImpl) -> TokenStream {
    let (self_ty, (generics, _, bounds)) = (&block.self_ty, block.generics.split_for_impl());
    quote! {
        #[allow(unused, clippy::all)]
        impl #generics __rt::channel::ChannelSocket for #self_ty #bounds {
            type State = ();
            const CHANNELS: &'static [__rt::channel::Route<Self>] = &[];
            async fn connect(
                _: __rt::Connect<()>,
            ) -> ::core::result::Result<Self, __rt::Refused> {
                ::core::unreachable!()
            }
        }
        impl #generics __rt::IntoSocket for #self_ty #bounds {
            type Socket = __rt::channel::Multiplexer<Self>;
            type Needs = ();
        }
    }
}

/// Removes what only `#[socket]` understands, and what the compiler would complain about a second time.
fn strip(block: &mut ItemImpl, callbacks: &[Callback]) {
    let mut seen = Vec::new();
    block.unsafety = None;
    block.items.retain_mut(|item| match item {
        ImplItem::Fn(item) => {
            for input in &mut item.sig.inputs {
                argument_attributes_mut(input).retain(|attribute| attribute.path().is_ident("cfg"));
            }
            let name = item.sig.ident.to_string();
            let again =
                callbacks.iter().any(|callback| callback.name == name) && seen.contains(&name);
            seen.push(name);
            !again
        }
        ImplItem::Type(_) => false,
        _ => true,
    });
}
