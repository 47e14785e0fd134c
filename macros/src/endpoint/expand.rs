//! The user's type, and its `Endpoint`: constants, and calls into generic code.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{ItemStruct, Path, Token, Type, spanned::Spanned};

use super::{ast::Declaration, lower, statics};
use crate::language::schema::Phase;

pub(crate) fn declaration(declaration: &Declaration) -> TokenStream {
    let Some(item) = &declaration.item else {
        return TokenStream::new();
    };
    let (name, text) = (&item.ident, item.ident.to_string());
    let mounts = declaration.mounts.iter().enumerate().map(|(index, mount)| {
        let (attributes, constant, value) = (
            lower::cfg(&mount.attributes),
            mount_name(index),
            lower::mount(mount, name),
        );
        quote!(#(#attributes)* const #constant: __rt::Mount = #value;)
    });
    let mount_names = declaration.mounts.iter().enumerate().map(|(index, mount)| {
        let (attributes, constant) = (lower::cfg(&mount.attributes), mount_name(index));
        quote!(#(#attributes)* #constant)
    });
    let compiled = declaration
        .settings
        .iter()
        .filter(|setting| setting.phase == Phase::Compile);
    let compiled = compiled.map(lower::compiled);
    let settings = settings(declaration);
    let pipeline = pipeline(declaration);
    let statics = statics::constant(declaration);
    let init = &declaration.init;
    let state = state(declaration);
    let inherent = declaration
        .state
        .as_ref()
        .map(|state| started_with(item, state));
    let paths = (declaration.mounts.len() > 1)
        .then(|| quote!(const _: () = __rt::check_paths(<#name as __rt::Endpoint>::DEF.mounts);));
    let body = quote! {
        #(#mounts)*
        impl __rt::Endpoint for #name {
            #state
            const DEF: &'static __rt::EndpointDef =
                &__rt::EndpointDef { name: #text, mounts: &[#(#mount_names),*], #(#compiled,)* ..__rt::EndpointDef::DEFAULT };
            #statics
            #settings
            #pipeline
            #init
        }
        #inherent
        #paths
    };
    let implementation = within_runtime(declaration.krate.as_ref(), &body);
    quote!(#item #implementation)
}

/// All paths of an expansion begin with `__rt`, which is nothing outside of it.
pub(crate) fn within_runtime(krate: Option<&Path>, body: &TokenStream) -> TokenStream {
    let root = krate.map_or_else(|| quote!(::landfall), |path| quote!(#path));
    // `service(|edge| router(edge))` is a closure on purpose: `router` would be a service.
    quote! {
        #[allow(clippy::needless_update, clippy::redundant_closure)]
        const _: () = {
            use #root::__private as __rt;
            #body
        };
    }
}

/// `type State = App;`
pub(crate) fn state(declaration: &Declaration) -> TokenStream {
    match &declaration.state {
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

fn mount_name(index: usize) -> Ident {
    format_ident!("__MOUNT_{index}")
}

fn settings(declaration: &Declaration) -> TokenStream {
    let settings = Ident::new("settings", Span::mixed_site());
    let set = || {
        declaration
            .settings
            .iter()
            .filter(|setting| setting.phase == Phase::Start)
    };
    let mutable = set().next().map(|_| <Token![mut]>::default());
    let statements = set().map(|setting| lower::setting(setting, &settings));
    quote! {
        fn settings() -> __rt::Settings {
            let #mutable #settings = __rt::Settings::default();
            #(#statements)*
            #settings
        }
    }
}

/// From the inside out: each plug wraps what was written after it.
fn pipeline(declaration: &Declaration) -> TokenStream {
    let service = Ident::new("service", Span::mixed_site());
    let edge = Ident::new("__edge", Span::mixed_site());
    let stages = declaration.pipeline.iter().rev().map(|stage| {
        let (attributes, value) = (
            lower::cfg(&stage.attributes),
            lower::stage(&stage.value, &edge),
        );
        match stage.is_service() {
            true => quote!(#(#attributes)* let #service = #value;),
            false => quote!(#(#attributes)* let #service = __rt::plug(#value, #service);),
        }
    });
    let always = declaration
        .pipeline
        .iter()
        .any(|stage| stage.is_service() && lower::cfg(&stage.attributes).is_empty());
    let not_found = (!always).then(|| quote!(let #service = __rt::not_found();));
    quote! {
        fn pipeline(#edge: &__rt::EndpointHandle<Self>) -> __rt::Pipeline {
            #not_found
            #(#stages)*
            __rt::Pipeline::new(#service)
        }
    }
}
