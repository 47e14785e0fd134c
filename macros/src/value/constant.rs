//! Values that are part of the binary, by the kind of their key.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

use crate::{
    language::{
        expr::{self, Acknowledged},
        key::{Key, Kind},
    },
    value::{
        closure, connect_info,
        duration::{checked_duration, timeout},
        formats,
        list::{serializers, slice},
        origin,
        word::{chosen_level, forwarded, level, unknown, word},
    },
};

pub(super) fn lower(key: &Key, written: &Expr) -> TokenStream {
    let value = Acknowledged::unwrap(written);
    let name = key.name;
    let at = value.span();
    match key.kind {
        Kind::Size { least } => size(name, least, value),
        Kind::OptionalSize { least } => {
            let size = size(name, least, value);
            quote!(::core::option::Option::Some(#size))
        }
        Kind::Number { check, .. } => checked(check, name, value),
        Kind::Range { least, most } if expr::integer(value).is_none() => {
            let [least, most] = [least, most].map(proc_macro2::Literal::u64_unsuffixed);
            quote_spanned!(at=> __rt::between(#name, #least, #most, #value))
        }
        Kind::Wait { longer } if longer && Acknowledged::of(written).is_some() => {
            checked_duration("positive", name, value)
        }
        Kind::Wait { .. } => checked_duration("wait", name, value),
        Kind::Duration => checked_duration("positive", name, value),
        Kind::Age if expr::word(value).is_some_and(|word| word == "never") => {
            quote_spanned!(at=> __rt::Duration::MAX)
        }
        Kind::Age => checked_duration("age", name, value),
        Kind::Timeout | Kind::Pause => timeout(name, value),
        Kind::TransportPath => match expr::text(value) {
            Some(_) => quote!(#value),
            None => quote_spanned!(at=> __rt::transport_path(#value)),
        },
        Kind::Subprotocols => {
            let list = slice(value);
            quote_spanned!(at=> ::core::option::Option::Some(__rt::subprotocols(#list)))
        }
        Kind::CheckOrigin => {
            let check = origin::lower(value, |list| quote!(const { #list }));
            quote!(::core::option::Option::Some(#check))
        }
        Kind::ConnectInfo => connect_info::lower(value),
        Kind::Serializers => serializers(value),
        Kind::Function { .. } => {
            let (ours, short) = (
                quote!(__rt::HandleError::answer),
                quote!(__rt::handle_error),
            );
            let function = closure::function(value, 3, &ours, &short);
            quote!(::core::option::Option::Some(#function))
        }
        Kind::Formats => formats::lower(value),
        Kind::ErrorStatus => quote_spanned!(at=> ::core::option::Option::Some(#value)),
        Kind::DebugErrors => match Acknowledged::of(written) {
            Some(_) => quote_spanned!(at=> __rt::DebugErrors::everyone(#value)),
            None => {
                quote_spanned!(at=> __rt::DebugErrors::local(#value, ::core::cfg!(debug_assertions)))
            }
        },
        Kind::Level => level(value),
        Kind::ChosenLevel { .. } => chosen_level(value),
        Kind::Texts => slice(value),
        Kind::Forwarded => forwarded(value),
        Kind::SecureHost => match expr::word(value) {
            Some(conn) if conn == "conn" => quote_spanned!(at=> __rt::SecureHost::Conn),
            _ if closure::is_function(value) => {
                let (ours, short) = (quote!(__rt::ChooseHost::host), quote!(__rt::choose_host));
                let function = closure::function(value, 2, &ours, &short);
                quote_spanned!(at=> __rt::SecureHost::Function(#function))
            }
            _ => quote_spanned!(at=> __rt::SecureHost::Named(#value)),
        },
        Kind::Excluded if closure::is_function(value) => {
            let (ours, short) = (quote!(__rt::Excludes::excludes), quote!(__rt::excludes));
            let function = closure::function(value, 2, &ours, &short);
            quote_spanned!(at=> __rt::Exclude::Function(#function))
        }
        Kind::Excluded => {
            let hosts = slice(value);
            quote_spanned!(at=> __rt::Exclude::Hosts(#hosts))
        }
        Kind::WhoMay => {
            let function = match closure::of(value) {
                Some(closure) if closure.inputs.len() > 1 => {
                    quote_spanned!(at=> |__argument0, __argument1| __rt::may_see_with(#value, __argument0, __argument1))
                }
                _ => {
                    let (ours, short) = (quote!(__rt::MaySee::may_see), quote!(__rt::may_see));
                    closure::function(value, 2, &ours, &short)
                }
            };
            quote_spanned!(at=> ::core::option::Option::Some(#function))
        }
        Kind::Word { literal, words } => match word(value, words) {
            Some((word, variant)) => {
                let (literal, variant) = (Ident::new(literal, word), Ident::new(variant, word));
                quote_spanned!(word=> __rt::#literal::#variant)
            }
            None => unknown(value, words.iter().map(|(word, _)| *word)),
        },
        _ => quote!(#value),
    }
}

/// A number is checked here, an expression where it is evaluated.
fn checked(check: &str, name: &str, value: &Expr) -> TokenStream {
    if expr::integer(value).is_some() {
        return quote!(#value);
    }
    let check = Ident::new(check, value.span());
    quote_spanned!(value.span()=> __rt::#check(#name, #value))
}

fn size(name: &str, least: u64, value: &Expr) -> TokenStream {
    if expr::integer(value).is_some() {
        return quote!(#value);
    }
    let at = value.span();
    if expr::word(value).is_some_and(|word| word == "unlimited") {
        return quote_spanned!(at=> ::core::primitive::usize::MAX);
    }
    let least = proc_macro2::Literal::u64_unsuffixed(least);
    quote_spanned!(at=> __rt::at_least(#name, #least, #value))
}
