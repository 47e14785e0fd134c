//! Reads `#[handle_in("event")]`, and what a method with it takes.

use syn::{
    Attribute, Expr, ExprLit, ImplItemFn, Lit, LitStr, Meta, Token, Type, punctuated::Punctuated,
};

use super::ast::{Direction, Handler, Source};
use crate::{
    block::callback::{self, Receiver},
    diag::Diagnostics,
};

/// Takes our attributes off a method. A method without them is not a handler.
#[expect(clippy::result_large_err, reason = "the item comes back as it was")]
pub(crate) fn take(mut item: ImplItemFn, diag: &mut Diagnostics) -> Result<Handler, ImplItemFn> {
    let (ours, others): (Vec<_>, Vec<_>) = std::mem::take(&mut item.attrs)
        .into_iter()
        .partition(|one| direction(one).is_some());
    item.attrs = others;
    if ours.is_empty() {
        return Err(item);
    }
    let mut events = Vec::new();
    for (attribute, direction) in ours.iter().filter_map(|one| Some((one, direction(one)?))) {
        events.extend(
            names(attribute, direction, diag)
                .into_iter()
                .map(|name| (direction, name)),
        );
    }
    Ok(Handler {
        events,
        item,
        sources: Vec::new(),
    })
}

/// The direction that an attribute names, if it is one of ours.
pub(crate) fn direction(attribute: &Attribute) -> Option<Direction> {
    Direction::ALL
        .into_iter()
        .find(|direction| attribute.path().is_ident(direction.attribute()))
}

fn names(attribute: &Attribute, direction: Direction, diag: &mut Diagnostics) -> Vec<LitStr> {
    let name = direction.attribute();
    let form = format!("write `#[{name}(\"new_message\")]`");
    let list = match &attribute.meta {
        Meta::Path(_) => {
            let found = diag.push(
                attribute.path(),
                format!("`#[{name}]` needs the name of an event"),
            );
            found.help(form);
            if direction == Direction::In {
                found.help("a method named `handle_in` without attribute handles all other events");
            }
            return Vec::new();
        }
        Meta::NameValue(meta) => {
            diag.push(
                &meta.value,
                format!("`#[{name}]` takes the name of an event in parentheses"),
            )
            .help(form);
            return Vec::new();
        }
        Meta::List(_) => attribute.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated),
    };
    let list = match list {
        Ok(list) => list,
        Err(error) => {
            diag.push_syn(error);
            return Vec::new();
        }
    };
    if list.is_empty() {
        diag.push(
            attribute.path(),
            format!("`#[{name}]` needs the name of an event"),
        )
        .help(form);
        return Vec::new();
    }
    let mut names = Vec::new();
    for element in list {
        match element {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => {
                reserved(&text, direction, diag);
                names.push(text);
            }
            other => drop(
                diag.push(&other, "the name of an event is a string literal")
                    .help(&form),
            ),
        }
    }
    names
}

/// Events of the protocol itself.
fn reserved(event: &LitStr, direction: Direction, diag: &mut Diagnostics) {
    let name = event.value();
    if name.is_empty() {
        let attribute = direction.attribute();
        diag.push(event, "this event has no name")
            .help(format!("write `#[{attribute}(\"new_message\")]`"));
    } else if name.starts_with("phx_") {
        let found = diag.push(event, format!("`{name}` belongs to the protocol"));
        match (direction, name.as_str()) {
            (Direction::In, "phx_join") => {
                found.help("write `join`: it decides whether a client may join")
            }
            (Direction::In, "phx_leave") => {
                found.help("write `terminate`: it is told that a client has left")
            }
            _ => {
                found.help("names that begin with `phx_` never reach a channel: choose another one")
            }
        };
    }
}

impl Handler {
    /// The type of the message, if the method takes it.
    pub(crate) fn payload(&self) -> Option<&Type> {
        self.types().find(|ty| !is_outlet(ty))
    }

    /// Whether the method takes `out`.
    pub(crate) fn takes_outlet(&self) -> bool {
        self.types().any(is_outlet)
    }

    /// The types of the arguments besides state.
    fn types(&self) -> impl Iterator<Item = &Type> {
        self.arguments()
            .filter(|(_, source)| *source != Source::State)
            .map(|(argument, _)| &*argument.ty)
    }

    /// Reports what is wrong with the method's shape.
    pub(crate) fn fault(&self) -> Option<String> {
        if callback::receiver(&self.item) != Some(Receiver::Borrowed) {
            return Some("it takes `&mut self`".to_owned());
        }
        let arguments: Vec<_> = self.types().collect();
        let fault = match arguments.as_slice() {
            [] => None,
            [one] if is_outlet(one) => None,
            [payload] => owned(payload),
            [payload, out] if !is_outlet(payload) && is_outlet(out) => owned(payload),
            [out, _] if is_outlet(out) => Some("the payload comes first, then `out`".to_owned()),
            [_, _] => Some("its last argument is `out: &mut Outlet`".to_owned()),
            more => Some(format!(
                "it takes at most 2 arguments besides `self`, this has {}",
                more.len()
            )),
        };
        fault.or_else(|| callback::plainness(&self.item))
    }
}

fn owned(payload: &Type) -> Option<String> {
    callback::owned(payload, "a message is handed over")
}

/// `&mut Outlet`, however it is named.
fn is_outlet(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if reference.mutability.is_some())
}
