//! What stands in for a declaration that has errors: so that its users see none of their own.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, ImplItem, ItemImpl, Path};

use super::{argument_attributes_mut, outward};
use crate::{diag::Diagnostics, expansion::within_runtime, language::attributes::cfgs};

/// The user's impl block, without our attributes and without what the compiler would report a
/// second time. Of methods for which `once` is true, only the first of each name stays. `None` if
/// it is not an impl block.
pub(crate) fn stripped(item: &TokenStream, once: impl Fn(&str) -> bool) -> Option<ItemImpl> {
    let mut block = syn::parse2::<ItemImpl>(item.clone()).ok()?;
    let mut seen = Vec::new();
    outward(&mut block);
    block.unsafety = None;
    block.items.retain_mut(|item| match item {
        ImplItem::Fn(item) => {
            item.attrs.retain(is_of_rust);
            for input in &mut item.sig.inputs {
                argument_attributes_mut(input).retain(|attribute| attribute.path().is_ident("cfg"));
            }
            let name = item.sig.ident.to_string();
            let again = once(&name) && seen.contains(&name);
            seen.push(name);
            !again
        }
        ImplItem::Type(_) => false,
        _ => true,
    });
    Some(block)
}

/// Whether the attribute is one of the compiler's: documentation, conditions, lints.
fn is_of_rust(attribute: &Attribute) -> bool {
    const KNOWN: [&str; 10] = [
        "cfg",
        "cfg_attr",
        "doc",
        "allow",
        "expect",
        "warn",
        "deny",
        "inline",
        "must_use",
        "track_caller",
    ];
    KNOWN.iter().any(|known| attribute.path().is_ident(known))
        || attribute.path().get_ident().is_none()
}

/// The block, an implementation that is never run, and the errors. `editor` is what only editors
/// read.
pub(crate) fn beside(
    block: &ItemImpl,
    krate: Option<&Path>,
    (editor, implementation): (Option<TokenStream>, &TokenStream),
    diag: Diagnostics,
) -> TokenStream {
    let (cfgs, errors) = (cfgs(&block.attrs), diag.finish());
    let editor = editor.map(|editor| for_editors(krate, &editor));
    let implementation = within_runtime(krate, implementation);
    quote! {
        #editor
        #[allow(dead_code, unused, clippy::all)]
        #block
        #(#cfgs)*
        #implementation
        #errors
    }
}

/// What only editors read, as an item. It stands first, with and without errors: editors look for
/// what they know at the same place.
pub(crate) fn for_editors(krate: Option<&Path>, editor: &TokenStream) -> TokenStream {
    let editor = within_runtime(krate, editor);
    quote!(#[allow(unexpected_cfgs)] #editor)
}

/// What the user wrote, and the errors.
pub(crate) fn alone(item: impl ToTokens, diag: Diagnostics) -> TokenStream {
    let errors = diag.finish();
    quote!(#item #errors)
}
