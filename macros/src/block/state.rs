//! `#[state] x: T`: what a callback takes of the application's state, and the type that says so.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, FnArg, Generics, Meta, Pat, PatType, Type, spanned::Spanned};

use crate::{
    block::argument_attributes_mut,
    block::callback::{last_segment, owned},
    diag::Diagnostics,
    language::attributes::{cfgs, conditions},
};

pub(crate) fn is_state(attribute: &Attribute) -> bool {
    attribute.path().is_ident("state")
}

/// Reports mistakes in the attribute and in the type of the argument.
pub(crate) fn check(attribute: &Attribute, ty: &Type, diag: &mut Diagnostics) {
    if !matches!(attribute.meta, Meta::Path(_)) {
        diag.push(attribute.path(), "`#[state]` takes no options")
            .help("write `#[state]`");
    }
    if let Some(fault) = owned(ty, "a part of the application's state is handed over") {
        diag.push(ty, fault)
            .help("take a type that is cheap to clone, such as a pool or an `Arc`");
    }
}

/// Reports `#[state]` on an argument of a callback that takes no state.
pub(crate) fn refused(callback: &Ident, from: &str, at: &impl ToTokens, diag: &mut Diagnostics) {
    let found = diag.push(at, format!("`{callback}` takes no state"));
    match callback.to_string().as_str() {
        "drain" => found.help("write `draining.handle().state::<App>()`"),
        "children" => found.help("each child is started with the handle: `handle.state::<App>()`"),
        _ => found.help(format!(
            "take it in `{from}`, and keep it in a field for `{callback}`"
        )),
    };
}

/// The arguments of a handler are known by position.
pub(crate) fn comes_last(pat: &Pat, diag: &mut Diagnostics) {
    diag.push(pat, "`#[state]` arguments come last")
        .help("move this one in front of them");
}

/// Takes the `#[state]` arguments out of those of a callback, without the attribute.
pub(crate) fn take(
    inputs: impl IntoIterator<Item = FnArg>,
    diag: &mut Diagnostics,
    kept: &mut impl Extend<FnArg>,
) -> Vec<PatType> {
    let (mut taken, mut in_order) = (Vec::new(), true);
    for mut input in inputs {
        let attrs = argument_attributes_mut(&mut input);
        let (ours, others): (Vec<_>, Vec<_>) =
            std::mem::take(attrs).into_iter().partition(is_state);
        *attrs = others;
        match (input, ours.first()) {
            (FnArg::Typed(argument), Some(attribute)) => {
                check(attribute, &argument.ty, diag);
                taken.push(argument);
            }
            (input, _) => {
                if let (FnArg::Typed(argument), false, true) = (&input, taken.is_empty(), in_order)
                {
                    comes_last(&argument.pat, diag);
                    in_order = false;
                }
                kept.extend([input]);
            }
        }
        if let [_, second, ..] = ours.as_slice() {
            diag.push(second.path(), "`#[state]` is written twice")
                .help("remove one of them");
        }
    }
    taken
}

/// A part of the state: `Need<T>`, or the needs of a type.
pub(crate) struct Part<'a> {
    /// `#[cfg(..)]` of the callback and of the argument.
    cfgs: Vec<&'a Attribute>,
    need: TokenStream,
    ty: &'a Type,
}

impl<'a> Part<'a> {
    pub(crate) fn of(
        callback: &'a [Attribute],
        argument: &'a [Attribute],
        need: TokenStream,
        ty: &'a Type,
    ) -> Self {
        Part {
            cfgs: cfgs(callback).chain(cfgs(argument)).collect(),
            need,
            ty,
        }
    }

    /// `Need<T>`
    pub(crate) fn needs(
        callback: &'a [Attribute],
        argument: &'a [Attribute],
        ty: &'a Type,
    ) -> Self {
        let at = ty.span();
        Part::of(callback, argument, quote_spanned!(at=> __rt::Need<#ty>), ty)
    }
}

impl Part<'_> {
    /// A type of ours, by its name.
    fn is_known(&self) -> bool {
        const KNOWN: [&str; 6] = [
            "Arc",
            "Handle",
            "Mailbox",
            "Params",
            "SubscriberId",
            "TransportKind",
        ];
        last_segment(self.ty).is_some_and(|last| KNOWN.iter().any(|name| last.ident == name))
    }
}

/// `type State = (Need<Pool>, (..));`, and implementations for parts that only exist under
/// `#[cfg]`.
pub(crate) fn state_type(
    parts: &[Part<'_>],
    attrs: &[Attribute],
    generics: &Generics,
    self_ty: &Type,
) -> (TokenStream, TokenStream) {
    let (before, _, bounds) = generics.split_for_impl();
    let block: Vec<_> = cfgs(attrs).collect();
    // Errors about the whole type point at the argument that most likely causes them.
    let suspect = parts.iter().find(|part| !part.is_known()).or(parts.first());
    let at = suspect.map_or_else(Span::call_site, |part| part.ty.span());
    let (mut state, mut conditional) = (quote_spanned!(at=> ()), TokenStream::new());
    for (index, part) in parts.iter().enumerate().rev() {
        let Part { cfgs, need, .. } = part;
        if cfgs.is_empty() {
            state = quote_spanned!(at=> (#need, #state));
            continue;
        }
        let conditions = conditions(cfgs.iter().copied());
        conditional.extend(quote! {
            #(#block)* #(#cfgs)*
            impl #before __rt::Conditional<#index> for #self_ty #bounds { type State = #need; }
            #(#block)* #[cfg(not(all(#(#conditions),*)))]
            impl #before __rt::Conditional<#index> for #self_ty #bounds { type State = (); }
        });
        state = quote_spanned!(at=> (<Self as __rt::Conditional<#index>>::State, #state));
    }
    (quote_spanned!(at=> type State = #state;), conditional)
}

/// The part of a handle's state.
pub(crate) fn value(ty: &Type, handle: &TokenStream) -> TokenStream {
    let at = ty.span().resolved_at(Span::mixed_site());
    quote_spanned!(at=> __rt::argument::state::<#ty>(#handle))
}

/// The outlet or outbox, under a name that no argument has.
pub(crate) fn out() -> Ident {
    Ident::new("__out", Span::mixed_site())
}
