//! Calls of the user's methods. They stay with the type, and the methods of the contract call them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ImplItemFn, ReturnType, spanned::Spanned};

use crate::expansion::located;

/// Calls a method, and gives its result to `into`, a function of `Plain` and `Telling`. An error
/// about the result points at the result's type, an error about an argument at the argument's type.
pub(crate) fn call(
    item: &ImplItemFn,
    arguments: &[TokenStream],
    into: &TokenStream,
    besides: &[TokenStream],
) -> TokenStream {
    let method = &item.sig.ident;
    let at = match &item.sig.output {
        ReturnType::Type(_, ty) => ty.span(),
        ReturnType::Default => method.span(),
    };
    let at = at.resolved_at(Span::mixed_site());
    let value = Ident::new("__value", at);
    let into = located(into.clone(), at);
    let besides = besides.iter().map(|argument| located(argument.clone(), at));
    let awaited = item
        .sig
        .asyncness
        .as_ref()
        .map(|_| quote_spanned!(at=> .await));
    quote_spanned! {at=>
        let #value = Self::#method(#(#arguments),*) #awaited;
        (&#value).returned().#into(#value #(, #besides)*)
    }
}

/// The imports that the functions of [`call`] need.
pub(crate) fn imports() -> TokenStream {
    quote! {
        #[allow(unused_imports)]
        use __rt::{ReturnedPlain as _, ReturnedTelling as _};
    }
}

/// Lints about methods whose shape the contract decides.
pub(crate) fn lints() -> TokenStream {
    quote! {
        #[allow(
            clippy::needless_pass_by_ref_mut,
            clippy::needless_pass_by_value,
            clippy::too_many_arguments,
            clippy::trivially_copy_pass_by_ref,
            clippy::unnecessary_wraps,
            clippy::unused_async,
            clippy::unused_self,
        )]
    }
}
