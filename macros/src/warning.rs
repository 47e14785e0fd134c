//! Findings that stop nobody. `rustc` has no warnings of macros, but it warns of what is deprecated,
//! where that is used: each finding is a deprecated function, which the user's token names.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Attribute;

/// Which part of a declaration a warning is about: the number of a statement, from 1 on, or the
/// whole. `#[allow(deprecated)]` on that part silences it.
pub(crate) type Part = usize;

/// The declaration as a whole.
pub(crate) const WHOLE: Part = 0;

/// What a warning is called, and where it belongs.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    pub(crate) name: &'static str,
    pub(crate) part: Part,
    /// It is for release builds alone.
    pub(crate) in_release: bool,
}

/// A finding that stops nobody.
pub(crate) struct Warning {
    pub(crate) named: Named,
    pub(crate) span: Span,
    pub(crate) text: String,
}

/// All warnings of one macro call, as tokens.
pub(crate) struct Warnings {
    /// A module of deprecated functions; nothing without warnings.
    pub(crate) definitions: Option<TokenStream>,
    uses: BTreeMap<Part, Vec<TokenStream>>,
}

impl Warnings {
    pub(crate) fn new(all: impl Iterator<Item = Warning>) -> Self {
        let mut uses: BTreeMap<Part, Vec<TokenStream>> = BTreeMap::new();
        let (mut functions, mut names) = (Vec::new(), Vec::new());
        for Warning { named, span, text } in all {
            let earlier = names.iter().filter(|name| **name == named.name).count();
            names.push(named.name);
            let name = match earlier {
                0 => named.name.to_owned(),
                _ => format!("{}_{}", named.name, earlier + 1),
            };
            let cfg = named
                .in_release
                .then(|| quote!(#[cfg(not(debug_assertions))]));
            let function = Ident::new(&name, Span::call_site());
            functions.push(quote! {
                #cfg
                #[deprecated(note = #text)]
                pub(super) const fn #function() {}
            });
            let at_the_user = Ident::new(&name, span);
            uses.entry(named.part)
                .or_default()
                .push(quote!(#cfg let _: fn() = __warning::#at_the_user;));
        }
        let definitions = (!functions.is_empty()).then(|| {
            quote! {
                #[allow(clippy::all, clippy::pedantic)]
                mod __warning {
                    #(#functions)*
                }
            }
        });
        Warnings { definitions, uses }
    }

    /// Items by which `rustc` warns of the declaration as a whole, under the lint levels of its item.
    pub(crate) fn whole(&self, attributes: &[Attribute]) -> Option<TokenStream> {
        let statements = self.of(WHOLE);
        let levels = attributes.iter().filter(|attribute| {
            let levels = ["allow", "warn", "deny", "cfg"];
            levels.iter().any(|level| attribute.path().is_ident(level))
        });
        (!statements.is_empty()).then(|| quote!(#(#levels)* const _: () = { #(#statements)* };))
    }

    /// Statements by which `rustc` warns of a part.
    pub(crate) fn of(&self, part: Part) -> &[TokenStream] {
        self.uses.get(&part).map_or(&[], Vec::as_slice)
    }
}

/// An expression, after statements.
pub(crate) fn before(statements: &[TokenStream], value: &TokenStream) -> TokenStream {
    match statements {
        [] => value.clone(),
        _ => quote!({ #(#statements)* #value }),
    }
}
