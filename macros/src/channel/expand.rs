//! Writes `impl Channel for Type`. The user's methods stay with the type.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Type, spanned::Spanned};

use super::{ast::Channel, lower::Lowered};
use crate::{
    block::{
        call::{imports, lints},
        owned,
    },
    editor::{self, List},
    expansion::within_runtime,
    language::attributes::cfgs,
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
    let (bounds_of_contract, belongs) = socket_is_told_once(channel, socket);
    let (imports, lints) = (imports(), lints());
    let socket = quote_spanned!(socket.span()=> type Socket = #socket;);
    let marks = editor::explained(List::Marks, channel.marks.iter());
    let implementation = quote! {
        #imports
        #[allow(unused_lifetimes)]
        #(#attrs)*
        impl #generics __rt::channel::Channel for #self_ty #bounds_of_contract {
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
        #belongs
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

/// The bounds of the implementation, and what asks beside it whether the socket has channels.
///
/// The contract asks whether the socket is `Send` and `Sync`, too, which its own block tells. What
/// is a bound is not asked again. With `for<..>` the compiler takes one that does not hold.
fn socket_is_told_once(channel: &Channel, socket: &Type) -> (TokenStream, TokenStream) {
    let Channel {
        attrs, generics, ..
    } = channel;
    // The question has no parameters to name.
    if !generics.params.is_empty() {
        return (owned(generics), TokenStream::new());
    }
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|bounds| &bounds.predicates);
    let bounds = quote!(where #(#predicates,)* for<'__any> #socket: __rt::channel::ChannelSocket);
    let cfgs = cfgs(attrs);
    let question = quote_spanned! {socket.span()=>
        #(#cfgs)*
        const _: fn() = __rt::channel::has_channels::<#socket>;
    };
    (bounds, question)
}
