//! `ip`: where a listener is, or several.

use std::net::IpAddr;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, LitStr, Token, punctuated::Punctuated};

use crate::{
    diag::Diagnostics,
    grammar::{
        Mistake,
        place::{self, Place, Taken},
    },
    language::{
        expr,
        options::{Entry, Options},
    },
};

/// Checks numbers of an address, text, or a list of both.
pub(crate) fn check(value: &Expr, diag: &mut Diagnostics) {
    match expr::list(value) {
        Some(places) if places.is_empty() => {
            diag.push_mistake(value, place::nowhere());
        }
        Some(places) if are_places(places) => {
            places.iter().for_each(|one| check_one(one, true, diag));
        }
        _ => check_one(value, false, diag),
    }
}

/// Whether the elements are places, not the numbers of one.
fn are_places(elements: &Punctuated<Expr, Token![,]>) -> bool {
    let is_number = |element| expr::integer(element).is_some();
    let is_place = |element| expr::text(element).is_some() || expr::list(element).is_some();
    elements.iter().any(is_place)
        || !matches!(elements.len(), 4 | 8) && !elements.iter().any(is_number)
}

fn check_one(value: &Expr, is_element: bool, diag: &mut Diagnostics) {
    if let Some(numbers) = unquoted(value) {
        diag.push(value, "an address is a list of numbers, or a string")
            .help(match is_element {
                true => format!("write `\"{numbers}\"`"),
                false => format!("write `ip = [{}]`", numbers.replace('.', ", ")),
            });
        return;
    }
    if expr::text(value).is_some_and(|text| text.value() == "localhost") {
        diag.push(value, "`ip` is an address, not a name")
            .help(match is_element {
                true => "write `\"127.0.0.1\"`",
                false => "write `ip = [127, 0, 0, 1]`",
            });
        return;
    }
    let right = match (expr::list(value), expr::text(value)) {
        (Some(elements), _) => {
            let numbers: Vec<Option<i128>> = elements.iter().map(expr::integer).collect();
            let highest = if numbers.len() == 4 { 255 } else { 65_535 };
            let wrong = numbers
                .iter()
                .zip(elements)
                .find(|(number, _)| number.is_some_and(|number| !(0..=highest).contains(&number)));
            match wrong {
                Some((_, element)) if matches!(numbers.len(), 4 | 8) => {
                    diag.push_mistake(element, place::not_a_place(None));
                    return;
                }
                _ => matches!(numbers.len(), 4 | 8),
            }
        }
        (None, Some(text)) => Place::parse(&text.value()).is_some(),
        (None, None) => expr::literal(value).is_none(),
    };
    if !right {
        let text = expr::text(value).map(LitStr::value);
        diag.push_mistake(value, place::not_a_place(text.as_deref()));
    }
}

/// `127.0.0.1` without quotes, which is a field of a number.
fn unquoted(value: &Expr) -> Option<String> {
    let text = value.to_token_stream().to_string().replace(' ', "");
    let is_field = matches!(value, Expr::Field(_)) && text.split('.').count() == 4;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (is_field && text.split('.').all(digits)).then_some(text)
}

/// Each place of a list in a form of its own: text beside numbers.
pub(crate) fn lower(value: &Expr) -> TokenStream {
    match expr::list(value) {
        Some(places) if are_places(places) => {
            let places = places.iter().map(|one| match expr::list(one) {
                Some(numbers) => quote!(__rt::Ip::from([#numbers])),
                None => quote!(__rt::Ip::from(#one)),
            });
            quote!([#(#places),*])
        }
        _ => value.to_token_stream(),
    }
}

/// A listener whose place is known from the declaration alone.
pub(crate) struct Listener<'a> {
    place: Place<String>,
    port: u16,
    ipv6_only: bool,
    /// The place as it is written.
    pub(crate) at: Option<&'a Expr>,
}

impl Listener<'_> {
    pub(crate) fn overlaps(&self, other: &Listener<'_>) -> bool {
        self.taken().overlaps(&other.taken())
    }

    fn taken(&self) -> Taken<'_, String> {
        Taken {
            place: &self.place,
            port: self.port,
            ipv6_only: self.ipv6_only,
        }
    }

    pub(crate) fn is_systemd(&self) -> bool {
        matches!(self.place, Place::Systemd(_))
    }

    /// The mistake of two that overlap.
    pub(crate) fn overlap(&self, other: &Listener<'_>) -> Mistake {
        place::overlap(&self.to_string(), &other.to_string())
    }
}

impl std::fmt::Display for Listener<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.place {
            Place::Address(address, port) => {
                std::net::SocketAddr::new(*address, port.unwrap_or(self.port)).fmt(f)
            }
            Place::Unix(path) => write!(f, "unix:{path}"),
            Place::Systemd(None) => f.write_str("systemd"),
            Place::Systemd(Some(name)) => write!(f, "systemd:{name}"),
        }
    }
}

/// The listeners of `http` or `https`. Those whose port is no literal are left out.
pub(crate) fn of(options: &Options) -> Vec<Listener<'_>> {
    let value = |key: &str| options.get(key).and_then(Entry::expr);
    let ipv6_only = value("ipv6_only").map(expr::boolean);
    let port = match value("port") {
        Some(port) => expr::integer(port).and_then(|port| u16::try_from(port).ok()),
        None if options.group.name == "https" => Some(4040),
        None => Some(4000),
    };
    // Unless it is known to be off, IPv4 may have a listener of its own.
    let ipv6_only = ipv6_only.is_some_and(|only| only != Some(false));
    let listener = |place: Place<String>, at| {
        let known = port.or(match place {
            Place::Address(_, None) => None,
            _ => Some(0),
        });
        known.map(|port| Listener {
            place,
            port,
            ipv6_only,
            at,
        })
    };
    let Some(ip) = value("ip") else {
        let any = Place::Address(IpAddr::from([0, 0, 0, 0]), None);
        return listener(any, None).into_iter().collect();
    };
    let places: Vec<&Expr> = match expr::list(ip) {
        Some(places) if are_places(places) => places.iter().collect(),
        _ => vec![ip],
    };
    let read = places.into_iter();
    read.filter_map(|at| listener(place_of(at)?, Some(at)))
        .collect()
}

/// The place, if it is a literal.
fn place_of(value: &Expr) -> Option<Place<String>> {
    if let Some(text) = expr::text(value) {
        return Some(match Place::parse(&text.value())? {
            Place::Address(address, port) => Place::Address(address, port),
            Place::Unix(path) => Place::Unix(path.to_owned()),
            Place::Systemd(name) => Place::Systemd(name.map(str::to_owned)),
        });
    }
    let numbers = expr::list(value)?.iter().map(expr::integer);
    let numbers: Vec<u16> = numbers
        .map(|number| u16::try_from(number?).ok())
        .collect::<Option<_>>()?;
    if let Ok(segments) = <[u16; 8]>::try_from(numbers.as_slice()) {
        return Some(Place::Address(segments.into(), None));
    }
    let octets: Vec<u8> = numbers
        .into_iter()
        .map(u8::try_from)
        .collect::<Result<_, _>>()
        .ok()?;
    let octets = <[u8; 4]>::try_from(octets).ok()?;
    Some(Place::Address(octets.into(), None))
}

/// Reports places of one group of which only one can be opened.
pub(crate) fn differ(options: &Options, diag: &mut Diagnostics) {
    let listeners = of(options);
    for (index, one) in listeners.iter().enumerate() {
        let mut before = listeners.iter().take(index);
        if let (Some(other), Some(at)) = (before.find(|other| other.overlaps(one)), one.at) {
            diag.push_mistake(at, other.overlap(one));
        }
    }
}
