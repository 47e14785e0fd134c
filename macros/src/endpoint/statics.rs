//! Static files for `static_path!`, from the declaration and the manifest.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, LitStr};

use super::{
    ast::{Declaration, Setting, Value},
    manifest::{self, Manifest},
};
use crate::{
    diag::Diagnostics,
    language::{attributes::is_conditional, expr, options::Options},
};

/// `const STATIC_FILES: ..`, unless it would be the default. Reports a manifest that exists and
/// cannot be read.
pub(crate) fn constant(declaration: &Declaration, diag: &mut Diagnostics) -> Option<TokenStream> {
    let literal = manifest_literal(declaration);
    let manifest = literal.and_then(|literal| manifest(literal, diag));
    let Some((prefix, vsn)) = known(declaration) else {
        return Some(quote!(
            const STATIC_FILES: __rt::StaticFiles = __rt::StaticFiles::UNKNOWN;
        ));
    };
    let Some((path, manifest)) = manifest else {
        let plain =
            quote!(const STATIC_FILES: __rt::StaticFiles = __rt::StaticFiles::plain(#prefix););
        return (!prefix.is_empty()).then_some(plain);
    };
    let files = files(&manifest, vsn);
    let path = path.to_string_lossy();
    Some(quote! {
        const STATIC_FILES: __rt::StaticFiles = {
            // A change of the manifest compiles this again.
            const _: &[::core::primitive::u8] = ::core::include_bytes!(#path);
            __rt::StaticFiles::of(#prefix, &[#(#files),*], #literal)
        };
    })
}

/// The prefix of paths, and whether `?vsn=d` follows them; `None` where it is set at start.
fn known(declaration: &Declaration) -> Option<(String, bool)> {
    let vsn = match value_of(declaration, "cache_manifest_skip_vsn")? {
        Some(skip) => !expr::boolean(skip)?,
        None => true,
    };
    if let Some(manifest) = value_of(declaration, "cache_static_manifest")? {
        expr::text(manifest)?;
    }
    let url = match group(declaration, "static_url")? {
        Some(group) => Some(group),
        None => group(declaration, "url")?,
    };
    let prefix = match url.and_then(|url| url.get("path")) {
        Some(path) => expr::text(path.expr()?)?.value(),
        None => String::new(),
    };
    Some((if prefix == "/" { String::new() } else { prefix }, vsn))
}

fn manifest_literal(declaration: &Declaration) -> Option<&LitStr> {
    expr::text(value_of(declaration, "cache_static_manifest")??)
}

/// A setting; `None` if it stands under `#[cfg]`.
fn setting<'a>(declaration: &'a Declaration, name: &str) -> Option<Option<&'a Setting>> {
    let mut named = declaration
        .settings
        .iter()
        .filter(|setting| setting.name == name);
    match named.next() {
        Some(setting) if is_conditional(&setting.attributes) => None,
        found => Some(found),
    }
}

fn value_of<'a>(declaration: &'a Declaration, name: &str) -> Option<Option<&'a Expr>> {
    setting(declaration, name).map(|setting| match setting.map(|setting| &setting.value) {
        Some(Value::Expr(_, value)) => Some(value),
        _ => None,
    })
}

fn group<'a>(declaration: &'a Declaration, name: &str) -> Option<Option<&'a Options>> {
    setting(declaration, name).map(|setting| match setting.map(|setting| &setting.value) {
        Some(Value::Group(options)) => Some(options),
        _ => None,
    })
}

/// The manifest, and its path relative to the package that is compiled. `None` if there is none, as
/// in development.
fn manifest(literal: &LitStr, diag: &mut Diagnostics) -> Option<(PathBuf, Manifest)> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")?;
    let path = Path::new(&package).join(literal.value());
    let text = std::fs::read_to_string(&path).ok()?;
    match manifest::read(&text) {
        Ok(manifest) => Some((path, manifest)),
        Err(why) => {
            diag.push(
                literal,
                format!("`{}` is not a cache manifest: {why}", literal.value()),
            )
            .help("write it anew by `landfall digest`, or remove it");
            None
        }
    }
}

/// The entries of the table, in the order of their paths.
fn files(manifest: &Manifest, vsn: bool) -> impl Iterator<Item = TokenStream> {
    let query = if vsn { "?vsn=d" } else { "" };
    manifest.iter().map(move |(logical, file)| {
        let (path, digested) = (format!("/{logical}"), format!("/{}{query}", file.digested));
        let integrity = match &file.sha512 {
            Some(sha512) => {
                let integrity = format!("sha512-{sha512}");
                quote!(::core::option::Option::Some(#integrity))
            }
            None => quote!(::core::option::Option::None),
        };
        quote!((#path, #digested, #integrity))
    })
}
