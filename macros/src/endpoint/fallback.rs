//! After an error: the user's type and an implementation without content, so that nothing else
//! fails to compile.

use proc_macro2::TokenStream;
use quote::quote;

use super::{ast::Declaration, expand, lower::Lowered};
use crate::{
    diag::Diagnostics,
    editor::{self, List},
    expansion::within_runtime,
};

/// `editor` is what only editors read.
pub(crate) fn declaration(
    declaration: &Declaration,
    editor: Option<TokenStream>,
    diag: Diagnostics,
) -> TokenStream {
    let errors = diag.finish();
    let Some(item) = &declaration.item else {
        return errors;
    };
    let name = &item.ident;
    let (before, after, _) = item.generics.split_for_impl();
    let (text, state) = (name.to_string(), expand::state(declaration.state.as_ref()));
    let inherent = declaration
        .state
        .as_ref()
        .map(|state| expand::started_with(item, state));
    let body = quote! {
        #editor
        impl #before __rt::Endpoint for #name #after {
            #state
            const DEF: &'static __rt::EndpointDef = &__rt::EndpointDef { name: #text, ..__rt::EndpointDef::DEFAULT };
            fn settings() -> __rt::Settings {
                ::core::unreachable!()
            }
            fn pipeline(_: &__rt::EndpointHandle<Self>) -> __rt::Pipeline {
                ::core::unreachable!()
            }
        }
        #inherent
    };
    let implementation = within_runtime(declaration.krate.as_ref(), &body);
    let lints = expand::lints_of_editors();
    quote!(#item #lints #implementation #errors)
}

/// The whole implementation, for editors alone: they know everything around what is typed.
pub(super) fn for_editors(declaration: &Declaration, lowered: &Lowered<'_>) -> Option<TokenStream> {
    let implementation = expand::implementation(lowered);
    let typed = editor::names(List::Directives, &declaration.unfinished);
    editor::hidden(&quote!(#typed #implementation))
}
