//! What stands in for a socket that has errors.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemImpl;

use super::{
    ast::{Declaration, Setup},
    lower,
};
use crate::{
    block::{
        borrowed,
        fallback::{alone, beside, stripped},
        info_or_unit, owned,
    },
    diag::Diagnostics,
    editor::{self, List},
};

/// `editor` is what only editors read.
pub(crate) fn declaration(
    Declaration { setup, item, .. }: &Declaration,
    editor: Option<TokenStream>,
    diag: Diagnostics,
) -> TokenStream {
    let is_callback = |name: &str| {
        let mut callbacks = setup.callbacks().iter();
        callbacks.any(|callback| callback.name == name)
    };
    let Some(block) = stripped(item, is_callback) else {
        return alone(item, diag);
    };
    if block.trait_.is_some() || borrowed(&block).is_some() {
        return alone(block, diag);
    }
    let implementation = if setup.channels.declared && cfg!(feature = "channels") {
        with_channels(&block)
    } else {
        plain(&block)
    };
    beside(
        &block,
        setup.krate.as_ref(),
        (editor, &implementation),
        diag,
    )
}

/// The options, for editors alone.
pub(crate) fn for_editors(setup: &Setup) -> Option<TokenStream> {
    let typed = editor::names(List::SocketKeys, &setup.typed);
    let routes = setup.channels.routes.iter();
    let of_routes: TokenStream = routes
        .map(|route| editor::names(List::RouteKeys, &route.options.unfinished))
        .collect();
    let options = lower::options(setup);
    editor::hidden(&quote!(#typed #of_routes #options))
}

fn plain(block: &ItemImpl) -> TokenStream {
    let (self_ty, (generics, _, _)) = (&block.self_ty, block.generics.split_for_impl());
    let owned = owned(&block.generics);
    let info = info_or_unit(block);
    quote! {
        #[allow(unused, clippy::all)]
        impl #generics __rt::Socket for #self_ty #owned {
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
    let (self_ty, (generics, _, _)) = (&block.self_ty, block.generics.split_for_impl());
    let owned = owned(&block.generics);
    quote! {
        #[allow(unused, clippy::all)]
        impl #generics __rt::channel::ChannelSocket for #self_ty #owned {
            type State = ();
            const CHANNELS: &'static [__rt::channel::Route<Self>] = &[];
            async fn connect(
                _: __rt::Connect<()>,
            ) -> ::core::result::Result<Self, __rt::Refused> {
                ::core::unreachable!()
            }
        }
        impl #generics __rt::IntoSocket for #self_ty #owned {
            type Socket = __rt::channel::Multiplexer<Self>;
            type Needs = ();
        }
    }
}
