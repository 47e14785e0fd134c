//! What stands in for a channel that has errors.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::ast::Declaration;
use crate::{
    block::{
        borrowed,
        fallback::{alone, beside, stripped},
        info_or_unit, owned,
    },
    diag::Diagnostics,
    editor::{self, List},
};

pub(crate) fn declaration(
    Declaration { setup, item, .. }: &Declaration,
    diag: Diagnostics,
) -> TokenStream {
    let Some(mut block) = stripped(item, |_| true) else {
        return alone(item, diag);
    };
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
        return alone(block, diag);
    };
    let (self_ty, (generics, _, _)) = (&block.self_ty, block.generics.split_for_impl());
    let owned = owned(&block.generics);
    let info = info_or_unit(&block);
    let editor = editor::hidden(&editor::names(List::ChannelKeys, &setup.typed));
    let implementation = quote! {
        #[allow(unused, clippy::all)]
        impl #generics __rt::channel::Channel for #self_ty #owned {
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
    beside(
        &block,
        setup.krate.as_ref(),
        (editor, &implementation),
        diag,
    )
}
