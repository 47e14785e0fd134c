//! Writes `impl Channel for Type`. The user's methods stay with the type.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::lower::Lowered;
use crate::{
    block::{
        call::{imports, lints},
        owned,
    },
    editor::{self, List},
    expansion::within_runtime,
};

pub(crate) fn declaration(lowered: &Lowered<'_>) -> TokenStream {
    let Lowered {
        channel,
        socket,
        krate,
        info,
        state,
        conditional,
        intercept,
        needs_rest,
        has_joined,
        shutdown,
        on_gap,
        logs,
        functions,
    } = lowered;
    let (attrs, self_ty, others) = (&channel.attrs, &channel.self_ty, &channel.others);
    let (generics, _, bounds) = channel.generics.split_for_impl();
    let owned = owned(&channel.generics);
    let (imports, lints) = (imports(), lints());
    let socket = quote_spanned!(socket.span()=> type Socket = #socket;);
    let marks = editor::explained(List::Marks, channel.marks.iter());
    let implementation = quote! {
        #imports
        #[allow(unused_lifetimes)]
        #(#attrs)*
        impl #generics __rt::channel::Channel for #self_ty #owned {
            #socket
            #info
            #state
            #intercept
            #needs_rest
            #has_joined
            #shutdown
            #on_gap
            #(#logs)*
            #(#functions)*
        }
        #conditional
        #marks
    };
    let implementation = within_runtime(*krate, &implementation);
    let (called, helpers) = (channel.called(), &channel.helpers);
    let others = (!others.is_empty() || !helpers.is_empty())
        .then(|| quote!(#(#attrs)* impl #generics #self_ty #bounds { #(#others)* #(#helpers)* }));
    quote! {
        #implementation
        #lints
        #(#attrs)*
        impl #generics #self_ty #bounds {
            #(#called)*
        }
        #others
    }
}
