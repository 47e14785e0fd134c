//! Parses `socket("/path", Type, ..)`.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Expr, Ident, LitStr, Type, parse::Parser};

use crate::{
    diag::Diagnostics,
    endpoint::ast::Mount,
    language::{
        expr,
        options::Options,
        recover::{self, Arguments, whole},
        schema, syntax,
    },
    warning::Part,
};

pub(super) fn mount(
    attributes: Vec<Attribute>,
    name: &Ident,
    tokens: TokenStream,
    part: Part,
    diag: &mut Diagnostics,
) -> Option<Mount> {
    if let Some((first, second)) = swapped(&tokens) {
        diag.push(&second, "the path of a mount comes first")
            .help(format!("write `socket({second}, {first})`"));
        return None;
    }
    let mut arguments = Arguments::new(tokens);
    let tokens = arguments.first();
    if let Err(error) = whole::<Expr>.parse2(tokens.clone())
        && !tokens.is_empty()
    {
        syntax::report(&tokens, error, diag);
        return None;
    }
    let path = path(name, &mut arguments, diag);
    let second = arguments.first();
    if let Ok(text) = syn::parse2::<LitStr>(second) {
        diag.push(&text, "a mount has one path, and the type of its socket")
            .help("write a `socket(..)` for each path");
        return None;
    }
    let socket = socket_type(name, &mut arguments, diag);
    let options = Options::parse_rest(arguments, &schema::SOCKET, diag);
    Some(Mount {
        attributes,
        path: path?,
        socket: socket?,
        options,
        part,
    })
}

/// `socket(Room, "/room")`.
fn swapped(tokens: &TokenStream) -> Option<(TokenTree, TokenTree)> {
    let mut tokens = tokens.clone().into_iter();
    let (first, comma, second) = (tokens.next()?, tokens.next()?, tokens.next()?);
    let is_type = matches!(first, TokenTree::Ident(_));
    let is_path = matches!(&second, TokenTree::Literal(text) if text.to_string().starts_with('"'));
    (is_type && recover::is_comma(&comma) && is_path).then_some((first, second))
}

fn path(name: &Ident, arguments: &mut Arguments, diag: &mut Diagnostics) -> Option<LitStr> {
    if arguments.is_empty() {
        diag.push(name, "`socket` needs a path and a type")
            .help("write `socket(\"/socket\", RoomSocket)`");
        return None;
    }
    let value = arguments
        .next(whole::<Expr>)
        .map_err(|error| diag.push_syn(error))
        .ok()?;
    let text = expr::text(&value).map(|text| LitStr::new(&text.value(), text.span()));
    if text.is_none() {
        diag.push(&value, "the path of a mount is a literal")
            .help("write `socket(\"/socket\", RoomSocket)`");
    }
    text
}

fn socket_type(name: &Ident, arguments: &mut Arguments, diag: &mut Diagnostics) -> Option<Type> {
    if arguments.is_empty() {
        diag.push(name, "`socket` needs a type after its path")
            .help("write `socket(\"/socket\", RoomSocket)`");
        return None;
    }
    match arguments.next(whole::<Type>) {
        Ok(socket) => Some(socket),
        Err(error) => {
            let message = format!("expected a socket type after the path: {error}");
            diag.push_at(error.span(), message)
                .help("write `socket(\"/socket\", RoomSocket)`");
            None
        }
    }
}
