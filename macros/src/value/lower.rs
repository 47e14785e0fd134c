//! Turns groups and values, once checked, into expressions of the runtime's types.
//!
//! A group becomes a struct literal with the user's own key tokens: an editor then sees a
//! documented field.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

use crate::{
    editor,
    language::{
        expr::{self, Acknowledged, Env},
        key::{Group, Key, Kind, Phase},
        options::{Entry, Options, Value},
        schema,
    },
    value::{at_start, closure, formats, place},
};

/// `__rt::Struct { key: value, .. , ..base }`. `base` is an expression of the same struct.
pub(crate) fn literal(options: &Options, base: &TokenStream) -> TokenStream {
    let group = options.group;
    let name = format_ident!("{}", group.literal);
    // An adapter is no setting: it has a function of its own.
    let is_field = |entry: &&Entry| !matches!(entry.key.kind, Kind::Adapter);
    let fields = options
        .entries
        .iter()
        .filter(is_field)
        .map(|entry| field(entry, group, base));
    let keys = group.keys.iter();
    let count = keys
        .filter(|key| !matches!(key.kind, Kind::Adapter))
        .count();
    let rest = (options.entries.iter().filter(is_field).count() < count).then(|| quote!(..#base));
    let typed = editor::fields(&options.unfinished);
    quote!(__rt::#name { #(#fields,)* #typed #rest })
}

/// `key: value`.
fn field(entry: &Entry, group: &Group, base: &TokenStream) -> TokenStream {
    let name = &entry.name;
    let plain = Ident::new(entry.key.name, Span::call_site());
    let value = match &entry.value {
        Value::Group(options) if matches!(entry.key.kind, Kind::Group(_)) => {
            literal(options, &quote!(#base.#plain))
        }
        _ => match (entry.key.kind, entry.expr()) {
            (Kind::OptionalGroup(below) | Kind::SwitchedGroup(below), _) => match group.phase {
                Phase::Start => {
                    let value = optional(entry, &quote!(__rt::keys(#base.#plain)));
                    quote!(__rt::Group::from(#value))
                }
                Phase::Compile | Phase::Either => {
                    let name = Ident::new(below.name, Span::call_site());
                    optional(entry, &quote!(__rt::#name(#base.#plain)))
                }
            },
            (_, Some(value)) => value_of(entry.key, value, group.phase),
            (_, None) => TokenStream::new(),
        },
    };
    quote!(#name: #value)
}

/// `Some(Drainer { .. })`, each key that is not written taken from `base`; `None` for `false`.
pub(crate) fn optional(entry: &Entry, base: &TokenStream) -> TokenStream {
    let group = match &entry.value {
        Value::Group(options) => literal(options, base),
        Value::Expr(value) if expr::boolean(value) == Some(false) => {
            return quote!(::core::option::Option::None);
        }
        Value::Expr(_) => base.clone(),
    };
    quote!(::core::option::Option::Some(#group))
}

/// The value of a key: a constant, or a `Setting` of a layer.
pub(crate) fn value_of(key: &Key, value: &Expr, phase: Phase) -> TokenStream {
    match phase {
        Phase::Compile => constant(key, value),
        Phase::Either => at_start::lower(key, value),
        Phase::Start => setting(key, value),
    }
}

/// The constructor has the value's span, so that an error at start names its line.
fn setting(key: &Key, value: &Expr) -> TokenStream {
    let at = value.span();
    let exact = matches!(
        key.kind,
        Kind::Flag | Kind::Port { .. } | Kind::Range { .. } | Kind::Size { .. } | Kind::Word { .. }
    );
    let env = Env::of(value);
    let variable = env.as_ref().and_then(Env::variable);
    let plain = match &env {
        Some(Env { default: None, .. }) => {
            return quote_spanned!(at=> __rt::Setting::env(#variable));
        }
        Some(Env {
            default: Some(default),
            ..
        }) => default,
        None => value,
    };
    let constructor = match (&env, exact) {
        (None, false) => "given",
        (None, true) => "exact",
        (Some(_), false) => "env_or",
        (Some(_), true) => "env_or_exact",
    };
    let (constructor, env, value) = (
        Ident::new(constructor, at),
        variable.into_iter(),
        start_value(key, plain),
    );
    quote_spanned!(at=> __rt::Setting::#constructor(#(#env,)* #value))
}

/// A value that is set at start.
fn start_value(key: &Key, value: &Expr) -> TokenStream {
    let value = Acknowledged::unwrap(value);
    match key.kind {
        Kind::CheckOrigin => {
            let list = quote!(&'static [&'static ::core::primitive::str]);
            check_origin(value, |value| early(&list, &value))
        }
        Kind::Duration => duration(value).unwrap_or_else(|| quote!(#value)),
        // The elements of an empty list have no known type.
        Kind::TrustedProxies if expr::list(value).is_some_and(|list| list.is_empty()) => {
            quote_spanned!(value.span()=> __rt::TrustedProxies::none())
        }
        Kind::Names if expr::list(value).is_some_and(|list| list.is_empty()) => {
            quote_spanned!(value.span()=> __rt::ParameterNames::default())
        }
        Kind::Latest if expr::list(value).is_some_and(|list| list.is_empty()) => {
            quote_spanned!(value.span()=> __rt::Latest::default())
        }
        Kind::Patterns | Kind::Attributes
            if expr::list(value).is_some_and(|list| list.is_empty()) =>
        {
            let kind = Ident::new(
                if matches!(key.kind, Kind::Patterns) {
                    "Patterns"
                } else {
                    "Attributes"
                },
                value.span(),
            );
            quote_spanned!(value.span()=> __rt::#kind::default())
        }
        Kind::TopicPatterns => topics(value),
        Kind::Word { .. } => constant(key, value),
        Kind::Ip => place::lower(value),
        _ => quote!(#value),
    }
}

/// The lists of topics differ in length.
fn topics(value: &Expr) -> TokenStream {
    let Some(list) = expr::list(value) else {
        return quote!(#value);
    };
    let entries = list.iter().map(|entry| match entry {
        Expr::Tuple(pair) => match (pair.elems.first(), pair.elems.last()) {
            (Some(topic), Some(patterns)) => {
                quote_spanned!(entry.span()=> (#topic, __rt::Patterns::from(#patterns)))
            }
            _ => quote!(#entry),
        },
        _ => quote!(#entry),
    });
    quote_spanned!(value.span()=> __rt::TopicPatterns::from([#(#entries),*]))
}

pub(super) fn constant(key: &Key, written: &Expr) -> TokenStream {
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
            let check = check_origin(value, |list| quote!(const { #list }));
            quote!(::core::option::Option::Some(#check))
        }
        Kind::ConnectInfo => connect_info(value),
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
            _ if is_function(value) => {
                let (ours, short) = (quote!(__rt::ChooseHost::host), quote!(__rt::choose_host));
                let function = closure::function(value, 2, &ours, &short);
                quote_spanned!(at=> __rt::SecureHost::Function(#function))
            }
            _ => quote_spanned!(at=> __rt::SecureHost::Named(#value)),
        },
        Kind::Excluded if is_function(value) => {
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

/// `secs(n)` and `millis(n)`.
pub(super) fn duration(value: &Expr) -> Option<TokenStream> {
    let (unit, arguments) = expr::call(value)?;
    let constructor = match unit.to_string().as_str() {
        "secs" => Ident::new("from_secs", unit.span()),
        "millis" => Ident::new("from_millis", unit.span()),
        _ => return None,
    };
    Some(quote_spanned!(unit.span()=> __rt::Duration::#constructor(#arguments)))
}

/// A duration whose number is not a literal is checked where it is evaluated.
fn checked_duration(check: &str, name: &str, value: &Expr) -> TokenStream {
    let at = value.span();
    let check = Ident::new(check, at);
    let literal = expr::call(value)
        .and_then(|(_, arguments)| expr::integer(arguments.first()?))
        .is_some();
    match duration(value) {
        Some(duration) if literal => duration,
        Some(duration) => quote_spanned!(at=> __rt::#check(#name, #duration)),
        None => quote_spanned!(at=> __rt::#check(#name, #value)),
    }
}

fn timeout(name: &str, value: &Expr) -> TokenStream {
    let at = value.span();
    if expr::word(value).is_some_and(|word| word == "never") {
        return quote_spanned!(at=> __rt::Timeout::Never);
    }
    if duration(value).is_none() {
        let value = unknown(value, ["secs", "millis", "never"].into_iter());
        return quote_spanned!(at=> __rt::timeout(#name, #value));
    }
    let duration = checked_duration("positive", name, value);
    quote_spanned!(at=> __rt::Timeout::After(#duration))
}

fn slice(value: &Expr) -> TokenStream {
    match value {
        Expr::Array(_) => quote!(&#value),
        _ => quote!(#value),
    }
}

/// A constant that is evaluated whether or not what it stands in is used.
fn early(ty: &TokenStream, value: &TokenStream) -> TokenStream {
    let names_self = |token: TokenTree| matches!(token, TokenTree::Ident(name) if name == "Self");
    match flat(value.clone()).any(names_self) {
        true => quote!(const { #value }),
        false => quote!({
            const LIST: #ty = #value;
            LIST
        }),
    }
}

/// All tokens, groups opened.
fn flat(tokens: TokenStream) -> impl Iterator<Item = TokenTree> {
    tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => flat(group.stream()).collect::<Vec<_>>(),
        token => vec![token],
    })
}

/// A list becomes a constant slice in every layer that a macro writes.
/// What is no literal is checked by a constant, which `constant` writes.
fn check_origin(value: &Expr, constant: impl Fn(TokenStream) -> TokenStream) -> TokenStream {
    let at = value.span();
    let variant =
        quote_spanned!(at=> __rt::CheckOrigin::<&'static [&'static ::core::primitive::str]>);
    match (expr::boolean(value), expr::word(value)) {
        (Some(true), _) => quote_spanned!(at=> #variant::Host),
        (Some(false), _) => quote_spanned!(at=> #variant::Off),
        (None, Some(word)) if word == "conn" => quote_spanned!(at=> #variant::Conn),
        _ if expr::list(value).is_some() => {
            let list = slice(value);
            let known = |element| expr::text(element).is_some();
            match expr::list(value).is_some_and(|list| list.iter().all(known)) {
                true => quote_spanned!(at=> #variant::List(#list)),
                false => {
                    let list = constant(quote_spanned!(at=> __rt::origins(#list)));
                    quote_spanned!(at=> #variant::List(#list))
                }
            }
        }
        _ if names_a_constant(value) => {
            let list = constant(quote_spanned!(at=> __rt::origins(#value)));
            quote_spanned!(at=> #variant::List(#list))
        }
        _ => {
            let (ours, short) = (
                quote!(__rt::DecideOrigin::allows),
                quote!(__rt::decide_origin),
            );
            let function = closure::function(value, 2, &ours, &short);
            quote_spanned!(at=> #variant::Function(#function))
        }
    }
}

/// A closure, or a path that names no constant.
fn is_function(value: &Expr) -> bool {
    closure::of(value).is_some() || matches!(value, Expr::Path(_)) && !names_a_constant(value)
}

/// Whether a path names a constant by Rust's convention, such as `config::ORIGINS`. Other paths are
/// functions.
pub(crate) fn names_a_constant(value: &Expr) -> bool {
    let Expr::Path(path) = value else {
        return false;
    };
    path.path
        .segments
        .last()
        .is_some_and(|last| !last.ident.to_string().contains(char::is_lowercase))
}

fn connect_info(value: &Expr) -> TokenStream {
    let Some(elements) = expr::list(value) else {
        return quote!(#value);
    };
    let words = elements
        .iter()
        .filter_map(expr::word)
        .map(|word| quote!(#word: true));
    let session = elements
        .iter()
        .filter_map(expr::call)
        .filter_map(|(name, options)| {
            let options = options.first()?;
            let source = session(options);
            Some(quote!(#name: ::core::option::Option::Some(#source)))
        });
    let own: Vec<TokenStream> = elements
        .iter()
        .filter_map(|element| match element {
            Expr::Assign(assign) => {
                let (name, value) = (expr::word(&assign.left)?.to_string(), &assign.right);
                Some(quote!((#name, &(#value) as &dyn __rt::InfoValue)))
            }
            _ => None,
        })
        .collect();
    let own = (!own.is_empty()).then(|| quote!(custom: const { &[#(#own),*] },));
    quote!(__rt::ConnectInfo { #(#words,)* #(#session,)* #own ..__rt::ConnectInfo::NOTHING })
}

/// A constant, or a function that computes the options.
fn session(options: &Expr) -> TokenStream {
    let at = options.span();
    let computed = match closure::of(options) {
        Some(closure) if closure.inputs.len() == 1 => {
            quote_spanned!(at=> |__argument0, _| __rt::compute_session(#options, __argument0))
        }
        Some(_) => {
            quote_spanned!(at=> |__argument0, __argument1| __rt::compute_session_with(#options, __argument0, __argument1))
        }
        None if matches!(options, Expr::Path(_)) && !names_a_constant(options) => {
            quote_spanned!(at=> |__argument0, __argument1| __rt::ComputeSession::compute(#options, __argument0, __argument1))
        }
        None => {
            let checked = quote_spanned!(at=> const { __rt::session(&#options) });
            return quote!(__rt::SessionSource::Constant(#checked));
        }
    };
    quote_spanned!(at=> __rt::SessionSource::Computed(#computed))
}

/// Each `(serializer, requirement)` becomes a `Versioned`.
fn serializers(value: &Expr) -> TokenStream {
    let Some(elements) = expr::list(value) else {
        let list = quote!(&'static [__rt::channel::Versioned]);
        let value = quote_spanned!(value.span()=> __rt::channel::serializers(#value));
        return early(&list, &value);
    };
    let elements = elements.iter().map(|element| match element {
        Expr::Tuple(pair) => {
            let (serializer, requirement) = (pair.elems.first(), pair.elems.get(1));
            let requirement = quote_spanned!(requirement.span()=> __rt::channel::Requirement::new(#requirement));
            quote_spanned!(pair.span()=> __rt::channel::Versioned::new(const { &(#serializer) }, #requirement))
        }
        _ => quote!(#element),
    });
    quote!(&[#(#elements),*])
}

/// `&[Forwarded::Proto]`.
fn forwarded(value: &Expr) -> TokenStream {
    let Some(headers) = expr::list(value) else {
        return quote!(#value);
    };
    let headers = headers
        .iter()
        .map(|header| match word(header, schema::FORWARDED) {
            Some((at, variant)) => {
                let variant = Ident::new(variant, at);
                quote_spanned!(at=> __rt::Forwarded::#variant)
            }
            None => unknown(header, schema::FORWARDED.iter().map(|(word, _)| *word)),
        });
    quote!(&[#(#headers),*])
}

/// `Some(Level::..)`, `None` for `false`.
pub(crate) fn level(value: &Expr) -> TokenStream {
    if expr::boolean(value) == Some(false) {
        return quote!(::core::option::Option::None);
    }
    match word(value, schema::LEVELS) {
        Some((at, level)) => {
            let level = Ident::new(level, at);
            quote_spanned!(at=> ::core::option::Option::Some(__rt::Level::#level))
        }
        None => {
            let value = unknown(value, schema::LEVELS.iter().map(|(word, _)| *word));
            quote!(::core::option::Option::Some(#value))
        }
    }
}

/// A value that is not in the list. If it is a word, it has been reported: editors complete it.
fn unknown<'a>(value: &Expr, words: impl Iterator<Item = &'a str>) -> TokenStream {
    match expr::word(value) {
        Some(word) => editor::words(words, word),
        None => quote!(#value),
    }
}

/// A name that is no level is that of a function.
fn chosen_level(value: &Expr) -> TokenStream {
    if expr::boolean(value) == Some(false) {
        return quote!(__rt::Log::Off);
    }
    let at = value.span();
    match word(value, schema::LEVELS) {
        Some((word, level)) => {
            let level = Ident::new(level, word);
            quote_spanned!(word=> __rt::Log::At(__rt::Level::#level))
        }
        None => quote_spanned!(at=> __rt::Log::By(#value)),
    }
}

fn word(value: &Expr, words: &[(&str, &'static str)]) -> Option<(Span, &'static str)> {
    let word = expr::word(value)?;
    words
        .iter()
        .find(|(name, _)| word == name)
        .map(|(_, variant)| (word.span(), *variant))
}
