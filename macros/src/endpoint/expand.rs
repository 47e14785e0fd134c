//! The user's type, and its `Endpoint`: constants, and calls into generic code.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Path, Token};

use super::{ast::Declaration, lower};

pub(crate) fn declaration(declaration: &Declaration) -> TokenStream {
    let Some(item) = &declaration.item else { return TokenStream::new() };
    let (name, text) = (&item.ident, item.ident.to_string());
    let mounts = declaration.mounts.iter().enumerate().map(|(index, mount)| {
        let (attributes, constant, value) =
            (lower::cfg(&mount.attributes), mount_name(index), lower::mount(mount));
        quote!(#(#attributes)* const #constant: __rt::Mount = #value;)
    });
    let mount_names = declaration.mounts.iter().enumerate().map(|(index, mount)| {
        let (attributes, constant) = (lower::cfg(&mount.attributes), mount_name(index));
        quote!(#(#attributes)* #constant)
    });
    let settings = settings(declaration);
    let pipeline = pipeline(declaration);
    let init = &declaration.init;
    let paths = (declaration.mounts.len() > 1)
        .then(|| quote!(const _: () = __rt::check_paths(<#name as __rt::Endpoint>::DEF.mounts);));
    let body = quote! {
        #(#mounts)*
        impl __rt::Endpoint for #name {
            const DEF: &'static __rt::EndpointDef =
                &__rt::EndpointDef { name: #text, mounts: &[#(#mount_names),*] };
            #settings
            #pipeline
            #init
        }
        #paths
    };
    let implementation = within_runtime(declaration.krate.as_ref(), &body);
    quote!(#item #implementation)
}

/// All paths of an expansion begin with `__rt`, which is nothing outside of it.
pub(crate) fn within_runtime(krate: Option<&Path>, body: &TokenStream) -> TokenStream {
    let root = krate.map_or_else(|| quote!(::landfall), |path| quote!(#path));
    quote! {
        const _: () = {
            use #root::__private as __rt;
            #body
        };
    }
}

fn mount_name(index: usize) -> Ident {
    format_ident!("__MOUNT_{index}")
}

fn settings(declaration: &Declaration) -> TokenStream {
    let settings = Ident::new("settings", Span::mixed_site());
    let mutable = (!declaration.settings.is_empty()).then(<Token![mut]>::default);
    let statements = declaration.settings.iter().map(|setting| lower::setting(setting, &settings));
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
    let stages = declaration.pipeline.iter().rev().map(|stage| {
        let (attributes, value) = (lower::cfg(&stage.attributes), &stage.value);
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
        fn pipeline() -> __rt::Pipeline {
            #not_found
            #(#stages)*
            __rt::Pipeline::new(#service)
        }
    }
}
