//! Writes `impl Socket for Type`. The user's methods stay with the type.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{AttrStyle, ImplItemFn};

use super::{ast::Method, lower::Lowered};
use crate::{
    block::{
        call::{imports, lints},
        fallback::for_editors,
        owned,
    },
    editor::{self, List},
    expansion::within_runtime,
};

/// `editor` is what only editors read.
pub(crate) fn declaration(lowered: &Lowered<'_>, editor: Option<TokenStream>) -> TokenStream {
    let Lowered {
        socket,
        krate,
        contract,
        first,
        state,
        conditional,
        options,
        needs,
        functions,
        control,
        mounted,
        names,
        warnings,
    } = lowered;
    let (attrs, self_ty, others) = (&socket.attrs, &socket.self_ty, &socket.others);
    let (generics, _, bounds) = socket.generics.split_for_impl();
    let owned = owned(&socket.generics);
    let (imports, lints) = (imports(), lints());
    let keys = editor::explained(List::SocketKeys, names.iter());
    let marks = editor::explained(List::Marks, socket.marks.iter());
    let (definitions, whole) = (&warnings.definitions, warnings.whole(attrs));
    let implementation = quote! {
        #definitions
        #whole
        #imports
        #[allow(unused_lifetimes)]
        #(#attrs)*
        impl #generics #contract for #self_ty #owned {
            #first
            #state
            #options
            #(#needs)*
            #control
            #(#functions)*
        }
        #conditional
        #mounted
        #keys
        #marks
    };
    let implementation = within_runtime(*krate, &implementation);
    let editor = editor.map(|editor| for_editors(*krate, &editor));
    let callbacks = socket.methods.iter().map(written);
    let others = (!others.is_empty())
        .then(|| quote!(#(#attrs)* impl #generics #self_ty #bounds { #(#others)* }));
    quote! {
        #editor
        #implementation
        #lints
        #(#attrs)*
        impl #generics #self_ty #bounds {
            #(#callbacks)*
        }
        #others
    }
}

/// A callback, as it stays with the type.
fn written(method: &Method) -> TokenStream {
    let (
        Method { inputs, .. },
        ImplItemFn {
            attrs,
            vis,
            sig,
            block,
            ..
        },
    ) = (method, &method.item);
    let (outer, inner): (Vec<_>, Vec<_>) = attrs
        .iter()
        .partition(|attribute| matches!(attribute.style, AttrStyle::Outer));
    let (asyncness, name, output, bounds) = (
        &sig.asyncness,
        &sig.ident,
        &sig.output,
        &sig.generics.where_clause,
    );
    let stmts = &block.stmts;
    quote! {
        #(#outer)*
        #vis #asyncness fn #name(#(#inputs),*) #output #bounds {
            #(#inner)*
            #(#stmts)*
        }
    }
}
