//! Calls of the user's methods. They stay with the type, and the methods of the contract call them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ImplItemFn, ReturnType, spanned::Spanned};

use crate::expansion::located;

/// Calls a method, and gives its result to `into`, a function of `Plain` and `Telling`. An error
/// about the result points at the result's type, an error about an argument at the argument's type,
/// an error about the future at the method's name.
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
    let called = result(item, arguments, at);
    quote_spanned! {at=>
        let #value = #called;
        (&#value).returned().#into(#value #(, #besides)*)
    }
}

/// What a method returns, awaited if it is async. What it holds while it waits must be `Send`.
pub(crate) fn result(item: &ImplItemFn, arguments: &[TokenStream], at: Span) -> TokenStream {
    let method = &item.sig.ident;
    if item.sig.asyncness.is_none() {
        return quote_spanned!(at=> Self::#method(#(#arguments),*));
    }
    let at_name = method.span().resolved_at(Span::mixed_site());
    let future = quote_spanned!(at_name=> Self::#method(#(#arguments),*));
    quote_spanned!(at_name=> __rt::callback_is_send(#future).await)
}

/// The bound of each function of the contract that is a future: what the contract demands of the
/// type anyway. A type that is not so is told once, as itself, and not again for each callback. With
/// `for<..>` the compiler takes a bound that does not hold.
pub(crate) fn assumed(shared: bool) -> TokenStream {
    let sync = shared.then(|| quote!(+ ::core::marker::Sync));
    quote!(where for<'__any> Self: ::core::marker::Send #sync)
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
