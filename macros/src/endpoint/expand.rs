//! The user's type, and its `Endpoint`: constants, and calls into generic code.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, ItemStruct, Token, Type, spanned::Spanned};

use super::lower::{self, Init, Lowered, Part, Stage};
use crate::{
    block::call::lints,
    editor::{self, List},
    expansion::within_runtime,
};

/// `editor` is what only editors read.
pub(crate) fn declaration(lowered: &Lowered<'_>, editor: Option<TokenStream>) -> TokenStream {
    let (item, implementation) = (lowered.item, implementation(lowered));
    // `service(|edge| router(edge))` is a closure on purpose: `router` would be a service.
    let lints = match editor {
        Some(_) => lints_of_editors(),
        None => quote!(#[allow(clippy::needless_update, clippy::redundant_closure)]),
    };
    let implementation = within_runtime(lowered.krate, &quote!(#editor #implementation));
    quote!(#item #lints #implementation)
}

/// The lint levels of an implementation with a part that only editors read. It is the same with and
/// without errors: editors look for what they know at the same place.
pub(crate) fn lints_of_editors() -> TokenStream {
    quote!(#[allow(unexpected_cfgs, clippy::needless_update, clippy::redundant_closure)])
}

/// All but the type: items that name the runtime `__rt`.
pub(crate) fn implementation(lowered: &Lowered<'_>) -> TokenStream {
    let Lowered {
        item,
        compiled,
        init,
        mounts,
        pairs,
        statics,
        warnings,
        sessions,
        ..
    } = lowered;
    let (name, text) = (&item.ident, item.ident.to_string());
    let (written, init) = init
        .as_ref()
        .map(|Init { written, function }| {
            let lints = lints();
            (quote!(#lints impl #name { #written }), function)
        })
        .unzip();
    let constants = mounts
        .iter()
        .enumerate()
        .map(|(index, Part { attributes, value })| {
            let constant = mount_name(index);
            quote!(#(#attributes)* const #constant: __rt::Mount = #value;)
        });
    let names = mounts
        .iter()
        .enumerate()
        .map(|(index, Part { attributes, .. })| {
            let (constant, cfgs) = (mount_name(index), only_cfgs(attributes));
            quote!(#(#cfgs)* #constant)
        });
    let instrumenters = instrumenters(&lowered.instrumenters);
    let pipeline = pipeline(&lowered.stages, instrumenters.is_some());
    let settings = settings(lowered);
    let adapter = adapter(&lowered.adapters);
    let watchers = watchers(&lowered.watchers);
    let state = state(lowered.state);
    let inherent = lowered.state.map(|state| started_with(item, state));
    let explained = editor::explained(List::Directives, lowered.names.iter().copied());
    let paths = pairs
        .iter()
        .map(|pair| served_apart(pair, mounts))
        .collect::<TokenStream>();
    let (definitions, whole) = (&warnings.definitions, warnings.whole(&item.attrs));
    quote! {
        #definitions
        #whole
        #(#constants)*
        impl __rt::Endpoint for #name {
            #state
            const DEF: &'static __rt::EndpointDef =
                &__rt::EndpointDef { name: #text, mounts: &[#(#names),*], #(#compiled,)* ..__rt::EndpointDef::DEFAULT };
            #statics
            #settings
            #adapter
            #instrumenters
            #watchers
            #pipeline
            #init
        }
        #written
        #inherent
        #paths
        #explained
        #(#sessions)*
    }
}

/// `type State = App;`
pub(crate) fn state(state: Option<&Type>) -> TokenStream {
    match state {
        Some(state) => quote_spanned!(state.span()=> type State = #state;),
        None => quote!(
            type State = ();
        ),
    }
}

/// `Chat::start(app)`, in place of the trait's `start()`.
pub(crate) fn started_with(item: &ItemStruct, state: &Type) -> TokenStream {
    let ItemStruct {
        ident: name, vis, ..
    } = item;
    let (before, after, _) = item.generics.split_for_impl();
    quote! {
        impl #before #name #after {
            /// Options for the start with what the application brings.
            #[allow(dead_code)]
            #vis fn builder(state: #state) -> __rt::Builder<Self> {
                <Self as __rt::Endpoint>::builder_with(state)
            }

            /// Starts the endpoint with what the application brings. Inside a tokio runtime, any number of times.
            ///
            /// # Errors
            /// Everything that is wrong with the configuration, together; or that the listener could not be opened.
            #[allow(dead_code)]
            #vis async fn start(state: #state) -> ::core::result::Result<__rt::Running<Self>, __rt::Error> {
                <Self as __rt::Endpoint>::builder_with(state).start().await
            }
        }
    }
}

fn only_cfgs<'a>(attributes: &[&'a Attribute]) -> impl Iterator<Item = &'a Attribute> {
    let attributes = attributes.iter().copied();
    attributes.filter(|attribute| attribute.path().is_ident("cfg"))
}

/// A constant that does not compile if two mounts are served at one path.
fn served_apart((earlier, later, at): &(usize, usize, Span), mounts: &[Part]) -> TokenStream {
    let cfgs = [earlier, later]
        .into_iter()
        .filter_map(|index| mounts.get(*index))
        .flat_map(|mount| only_cfgs(&mount.attributes));
    let (earlier, later) = (mount_name(*earlier), mount_name(*later));
    let at = at.resolved_at(Span::mixed_site());
    quote_spanned!(at=> #(#cfgs)* const _: () = __rt::served_apart(&#earlier, &#later);)
}

fn mount_name(index: usize) -> Ident {
    format_ident!("__MOUNT_{index}")
}

fn settings(lowered: &Lowered<'_>) -> TokenStream {
    let (settings, statements) = (lower::settings(), &lowered.settings);
    let mutable = (!statements.is_empty()).then(<Token![mut]>::default);
    quote! {
        fn settings() -> __rt::Settings {
            let #mutable #settings = __rt::Settings::default();
            #(#statements)*
            #settings
        }
    }
}

/// `None` without an adapter.
fn adapter(adapters: &[Part<'_>]) -> Option<TokenStream> {
    if adapters.is_empty() {
        return None;
    }
    let (state, adapter) = (lower::state(), Ident::new("adapter", Span::mixed_site()));
    let statements = adapters.iter().map(|Part { attributes, value }| {
        quote!(#(#attributes)* { #adapter = ::core::option::Option::Some(#value); })
    });
    Some(quote! {
        #[allow(unused_assignments, unused_mut)]
        fn adapter(#state: &Self::State) -> ::core::option::Option<__rt::SharedAdapter> {
            let mut #adapter = ::core::option::Option::None;
            #(#statements)*
            #adapter
        }
    })
}

/// `None` without an instrumenter.
fn instrumenters(instrumenters: &[Part<'_>]) -> Option<TokenStream> {
    if instrumenters.is_empty() {
        return None;
    }
    let (state, all) = (
        lower::state(),
        Ident::new("instrumenters", Span::mixed_site()),
    );
    let statements = instrumenters.iter().map(|Part { attributes, value }| {
        let with = quote_spanned!(value.span()=> __rt::instrumented_by(#all, #value));
        quote!(#(#attributes)* let #all = #with;)
    });
    Some(quote! {
        fn instrumenters(#state: &Self::State) -> __rt::Instrumenters {
            let #all = __rt::Instrumenters::NONE;
            #(#statements)*
            #all
        }
    })
}

/// `None` without a function.
fn watchers(watchers: &[Part<'_>]) -> Option<TokenStream> {
    if watchers.is_empty() {
        return None;
    }
    let edge = lower::edge();
    let functions = watchers
        .iter()
        .map(|Part { attributes, value }| quote!(#(#attributes)* #value));
    Some(quote! {
        fn watchers(#edge: &__rt::EndpointHandle<Self>) -> __rt::Vec<(&'static str, __rt::WatchFunction)> {
            __rt::Vec::from([#(#functions),*])
        }
    })
}

/// From the inside out: each plug wraps what was written after it. Calls of an instrumented service
/// are events.
fn pipeline(stages: &[Stage<'_>], instrumented: bool) -> TokenStream {
    let (service, edge) = (Ident::new("service", Span::mixed_site()), lower::edge());
    let statements = stages.iter().rev().map(|stage| {
        let Part { attributes, value } = &stage.part;
        let value = if stage.is_service && instrumented {
            quote!(__rt::called(#edge, #value))
        } else if stage.is_service {
            value.clone()
        } else {
            let at = value.span();
            quote_spanned!(at=> __rt::plug(#value, #service))
        };
        quote!(#(#attributes)* let #service = #value;)
    });
    let always = stages
        .iter()
        .any(|stage| stage.is_service && !stage.is_conditional);
    let not_found = (!always).then(|| quote!(let #service = __rt::not_found();));
    quote! {
        fn pipeline(#edge: &__rt::EndpointHandle<Self>) -> __rt::Pipeline {
            #not_found
            #(#statements)*
            __rt::Pipeline::new(#service)
        }
    }
}
