//! Parses `socket("/path", Type, ..)`.

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, Ident, LitStr, Type};

use crate::{
    diag::Diagnostics,
    endpoint::ast::Mount,
    language::{
        expr,
        options::Options,
        recover::{Arguments, whole},
        schema,
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
    let mut arguments = Arguments::new(tokens);
    let path = path(name, &mut arguments, diag);
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
