//! `formats(html = ErrorHtml, ics("text/calendar") = ErrorIcs)`: what renders error pages.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Expr, Ident, LitStr, spanned::Spanned};

use crate::{
    diag::Diagnostics,
    grammar::spelling::{did_you_mean, list},
    language::{expr, schema::FORMATS},
    value::closure,
};

const EXAMPLE: &str = "write `formats(html = ErrorHtml, json = ErrorJson)`";

/// One format as written.
struct Format<'a> {
    name: &'a Ident,
    media_type: Option<&'a LitStr>,
    view: &'a Expr,
}

impl<'a> Format<'a> {
    fn of(entry: &'a Expr) -> Option<Self> {
        let Expr::Assign(assign) = entry else {
            return None;
        };
        let view = &*assign.right;
        if let Some(name) = expr::word(&assign.left) {
            return Some(Format {
                name,
                media_type: None,
                view,
            });
        }
        let (name, arguments) = expr::call(&assign.left)?;
        let media_type = Some(expr::text(arguments.first()?)?);
        (arguments.len() == 1).then_some(Format {
            name,
            media_type,
            view,
        })
    }
}

fn known(name: &Ident) -> Option<&'static str> {
    let found = FORMATS.iter().find(|(known, _)| name == known);
    found.map(|(_, media_type)| *media_type)
}

pub(crate) fn check(value: &Expr, diag: &mut Diagnostics) {
    let Some((_, entries)) = expr::call(value) else {
        diag.push(value, "`formats` is a group, not a value")
            .help(EXAMPLE);
        return;
    };
    if entries.is_empty() {
        diag.push(value, "`render_errors` needs at least one format")
            .help(EXAMPLE);
    }
    let mut seen: Vec<&Ident> = Vec::new();
    for entry in entries {
        let Some(format) = Format::of(entry) else {
            diag.push(entry, "`formats` takes `format = view`")
                .help(EXAMPLE);
            continue;
        };
        name(&format, diag);
        view(&format, diag);
        if seen.contains(&format.name) {
            diag.push(format.name, format!("`{}` is set twice", format.name))
                .help("remove one of them");
        }
        seen.push(format.name);
    }
}

fn name(format: &Format<'_>, diag: &mut Diagnostics) {
    let name = format.name;
    match (format.media_type, known(name)) {
        (None, Some(_)) => {}
        (None, None) => {
            let found = diag.push(name, format!("unknown format `{name}`"));
            match did_you_mean(&name.to_string(), FORMATS.iter().map(|(known, _)| *known)) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found
                    .help(format!(
                        "known formats: {}",
                        list(FORMATS.iter().map(|(known, _)| *known))
                    ))
                    .help(format!(
                        "of another type: `formats({name}(\"text/calendar\") = ..)`"
                    )),
            };
        }
        (Some(media_type), _) if !is_media_type(&media_type.value()) => {
            let text = media_type.value();
            let wrong = text.find([';', ' ']).and_then(|at| text.get(at..));
            diag.push(media_type, "this is not a media type")
                .within(&text, wrong.unwrap_or(&text))
                .help("write a type and a subtype without parameters, such as `\"text/calendar\"`");
        }
        (Some(_), _) => {}
    }
}

fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !name.is_empty() && name.bytes().all(allowed)
    };
    text.split_once('/')
        .is_some_and(|(kind, sub)| is_name(kind) && is_name(sub))
}

fn view(format: &Format<'_>, diag: &mut Diagnostics) {
    let (name, view) = (format.name, format.view);
    if let Some(literal) = expr::literal_name(view) {
        diag.push(view, format!("`{name}` takes a view, this is {literal}"))
            .help(
                "a view is a constant whose type implements `ErrorView`, or a closure `|page| ..`",
            );
    }
    closure::check(&name.to_string(), view, &["|page|"], diag);
}

/// A constant slice of formats.
pub(crate) fn lower(value: &Expr) -> TokenStream {
    let entries = expr::call(value)
        .into_iter()
        .flat_map(|(_, entries)| entries);
    let formats = entries.filter_map(Format::of).map(|format| {
        let (name, at) = (format.name.to_string(), format.view.span());
        let media_type = match (format.media_type, known(format.name)) {
            (Some(written), _) => written.value(),
            (None, known) => known.unwrap_or_default().to_owned(),
        };
        let view = view_of(format.view);
        quote_spanned!(at=> __rt::ErrorFormat { name: #name, media_type: #media_type, view: &(#view) })
    });
    quote!(const { &[#(#formats),*] })
}

/// A closure gets its arguments' types from here: nothing else would tell them.
fn view_of(view: &Expr) -> TokenStream {
    match closure::of(view) {
        Some(_) => quote_spanned!(view.span()=> {
            const VIEW: fn(&__rt::ErrorPage<'_>) -> ::core::result::Result<__rt::Body, __rt::BoxError> = #view;
            VIEW
        }),
        None => quote!(#view),
    }
}
