//! The table against the runtime: every key is a field, every field a key, and all of it is
//! documented.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use syn::{
    Attribute, Expr, Fields, Ident, Item, Token, TraitItem, Type, Visibility, braced,
    parse::{Parse, ParseStream},
};

use super::{
    pubsub::{BROKER_TLS, NATS, REDIS, REDIS_SENTINEL},
    socket::{CRYPTO, DEFLATE_OPTIONS, DRAINER, OUTBOX},
    *,
};
use crate::{grammar::names, language::key::Group};

/// Fields that no key sets.
const WITHOUT_KEY: &[(&str, &[&str])] = &[
    ("Mount", &["path", "socket", "location"]),
    ("ConnectInfo", &["custom"]),
];

/// The groups of settings.
const SETTINGS: [&Group; 12] = [
    &LIVE_RELOAD,
    &URL,
    &STATIC_URL,
    &HTTP,
    &HTTPS,
    &FILTER_PARAMETERS,
    &ENDPOINT_DRAINER,
    &PUBSUB,
    &REDIS,
    &REDIS_SENTINEL,
    &NATS,
    &BROKER_TLS,
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../runtime/src")
        .join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn fields(file: &str, name: &str) -> BTreeSet<String> {
    let file = syn::parse_file(&read(file)).unwrap();
    let found = file.items.into_iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == name => Some(item.fields),
        _ => None,
    });
    let Some(Fields::Named(fields)) = found else {
        panic!("no struct {name}")
    };
    let but = WITHOUT_KEY
        .iter()
        .find(|(owner, _)| *owner == name)
        .map_or(&[] as &[&str], |(_, but)| but);
    fields
        .named
        .into_iter()
        .map(|field| field.ident.unwrap().to_string())
        .filter(|field| !but.contains(&field.as_str()))
        .collect()
}

/// One group of the runtime's table of settings, as far as it concerns us.
struct Rows {
    layer: String,
    names: BTreeSet<String>,
}

impl Parse for Rows {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        input.call(Attribute::parse_outer)?;
        let layer = input.parse::<Ident>()?.to_string();
        input.parse::<Token![=>]>()?;
        input.call(Attribute::parse_outer)?;
        input.parse::<Ident>()?;
        let (rows, mut names) = (braces(input)?, BTreeSet::new());
        let parse_rows = |input: ParseStream| {
            while !input.is_empty() {
                names.insert(row(input)?);
            }
            Ok(())
        };
        syn::parse::Parser::parse2(parse_rows, rows)?;
        Ok(Rows { layer, names })
    }
}

fn braces(input: ParseStream) -> syn::Result<proc_macro2::TokenStream> {
    let content;
    braced!(content in input);
    content.parse()
}

/// `/// doc` `live pub name: Said => Value = default,`
fn row(input: ParseStream) -> syn::Result<String> {
    let attributes = input.call(Attribute::parse_outer)?;
    input.parse::<Ident>()?;
    input.parse::<Visibility>()?;
    let name: Ident = input.parse()?;
    assert!(!attributes.is_empty(), "`{name}` has no documentation");
    input.parse::<Token![:]>()?;
    input.parse::<Type>()?;
    input.parse::<Token![=>]>()?;
    input.parse::<Type>()?;
    if input.parse::<Option<Token![=]>>()?.is_some() {
        input.parse::<Expr>()?;
    }
    input.parse::<Token![,]>()?;
    Ok(name.to_string())
}

/// The names in the runtime's tables of settings, by layer.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let files = ["config/table.rs", "config/table/brokers.rs"];
    files.into_iter().flat_map(rows).collect()
}

fn rows(file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let file = syn::parse_file(&read(file)).unwrap();
    let tokens = file.items.into_iter().find_map(|item| match item {
        Item::Macro(item) if item.mac.path.is_ident("settings") => Some(item.mac.tokens),
        _ => None,
    });
    let groups = |input: ParseStream| {
        let mut groups = BTreeMap::new();
        while !input.is_empty() {
            let Rows { layer, names } = input.parse()?;
            groups.insert(layer, names);
        }
        Ok(groups)
    };
    syn::parse::Parser::parse2(groups, tokens.unwrap()).unwrap()
}

fn keys(group: &Group) -> BTreeSet<String> {
    group.key_names().map(str::to_owned).collect()
}

#[test]
fn keys_are_the_fields_of_the_runtime() {
    for (file, group) in [
        ("socket/options.rs", &SOCKET_OPTIONS),
        ("force_ssl.rs", &FORCE_SSL),
        ("error_page/options.rs", &RENDER_ERRORS),
        ("dashboard/options.rs", &DASHBOARD),
        ("socket/options.rs", &WEBSOCKET),
        ("socket/options.rs", &LONGPOLL),
        ("socket/options.rs", &CRYPTO),
        ("socket/options.rs", &OUTBOX),
        ("socket/deflate_options.rs", &DEFLATE_OPTIONS),
        ("socket/drainer.rs", &DRAINER),
        ("transport/mount.rs", &SOCKET),
    ] {
        assert_eq!(keys(group), fields(file, group.literal), "{}", group.name);
    }
}

#[test]
fn options_of_channels_are_the_constants_of_the_runtime() {
    let file = syn::parse_file(&read("channel/socket.rs")).unwrap();
    let items = file.items.into_iter().find_map(|item| match item {
        Item::Trait(item) if item.ident == CHANNEL_OPTIONS.literal => Some(item.items),
        _ => None,
    });
    let constants: BTreeSet<String> = items
        .unwrap()
        .into_iter()
        .filter_map(|item| match item {
            TraitItem::Const(item) => Some(item.ident.to_string().to_lowercase()),
            _ => None,
        })
        // What `channel(..)`, the other options and `connect` say.
        .filter(|name| !["channels", "options", "needs"].contains(&name.as_str()))
        .collect();
    assert_eq!(keys(&CHANNEL_OPTIONS), constants);
}

#[test]
fn options_of_a_channel_are_constants_of_the_runtime() {
    let contract = read("channel/contract.rs");
    for name in CHANNEL.key_names() {
        let constant = format!("const {}: ", name.to_uppercase());
        assert!(contract.contains(&constant), "{constant}");
        let row = format!("`{name} = ");
        assert!(read("docs/channel.md").contains(&row), "{row}");
    }
}

#[test]
fn connect_info_keys_are_the_fields_of_the_runtime() {
    let names: BTreeSet<String> = CONNECT_INFO.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(names, fields("socket/info.rs", "ConnectInfo"));
}

#[test]
fn settings_are_the_rows_of_the_runtime() {
    let mut table = table();
    let directives: BTreeSet<String> = DIRECTIVES
        .iter()
        .filter(|directive| directive.phase == Phase::Start)
        .map(|directive| directive.name.to_owned())
        .collect();
    assert_eq!(table.remove("Settings"), Some(directives));
    for group in SETTINGS {
        let mut keys = keys(group);
        // It is code.
        keys.remove("adapter");
        assert_eq!(table.get(group.literal), Some(&keys), "{}", group.name);
    }
    let known = SETTINGS.map(|group| group.literal);
    let unknown: Vec<_> = table
        .keys()
        .filter(|layer| !known.contains(&layer.as_str()))
        .collect();
    assert!(unknown.is_empty(), "no group of the language: {unknown:?}");
}

/// Start-up tells who writes one of them into a file where it belongs.
#[test]
fn names_of_the_grammar_are_those_of_the_table() {
    let compiled = DIRECTIVES
        .iter()
        .filter(|directive| directive.phase == Phase::Compile);
    assert_eq!(
        compiled.map(|directive| directive.name).collect::<Vec<_>>(),
        names::DECLARED
    );
    let of_a_mount = SOCKET.key_names().filter(|name| directive(name).is_none());
    assert_eq!(of_a_mount.collect::<Vec<_>>(), names::OF_A_MOUNT);
}

#[test]
fn words_are_the_variants_of_the_runtime() {
    for (file, group, key) in [
        ("socket/options.rs", &OUTBOX, "overflow"),
        ("crypto/options.rs", &CRYPTO, "key_digest"),
    ] {
        let file = syn::parse_file(&read(file)).unwrap();
        let Some(Key {
            kind: Kind::Word { literal, words },
            ..
        }) = group.key(key)
        else {
            panic!("{key}")
        };
        let variants = file.items.into_iter().find_map(|item| match item {
            Item::Enum(item) if item.ident == literal => Some(item.variants),
            _ => None,
        });
        let variants: Vec<String> = variants
            .unwrap()
            .into_iter()
            .map(|variant| variant.ident.to_string())
            .collect();
        assert_eq!(
            variants,
            words
                .iter()
                .map(|(_, variant)| *variant)
                .collect::<Vec<_>>(),
            "{key}"
        );
    }
}

/// The names that the tables of a document explain, by what stands in their first line.
fn documented(document: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut tables = BTreeMap::new();
    let mut within: Option<Vec<String>> = None;
    for line in read(document).lines() {
        let Some(cells) = line.strip_prefix("| ") else {
            within = None;
            continue;
        };
        let names = code(cells.split(" | ").next().unwrap());
        match &within {
            None if names.is_empty() => within = Some(vec!["directive".to_owned()]),
            None => within = Some(names),
            Some(tables_of) => {
                for table in tables_of {
                    tables
                        .entry(table.clone())
                        .or_insert_with(BTreeSet::new)
                        .extend(names.iter().cloned());
                }
            }
        }
    }
    tables
}

/// What stands in backticks.
fn code(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_name_has_its_row_in_the_documentation() {
    let tables = documented("docs/endpoint.md");
    let explained =
        |table: &str, name: &str| tables.get(table).is_some_and(|names| names.contains(name));
    for name in directive_names() {
        assert!(
            explained("directive", name),
            "`{name}` is not among the directives"
        );
    }
    for group in [
        &URL,
        &STATIC_URL,
        &HTTP,
        &HTTPS,
        &FILTER_PARAMETERS,
        &ENDPOINT_DRAINER,
        &LIVE_RELOAD,
        &PUBSUB,
        &REDIS,
        &NATS,
        &BROKER_TLS,
        &SOCKET,
        &WEBSOCKET,
        &LONGPOLL,
        &CRYPTO,
        &OUTBOX,
        &DEFLATE_OPTIONS,
        &DRAINER,
    ] {
        for name in group.key_names() {
            assert!(
                explained(group.name, name),
                "`{name}` is not in the table of `{}`",
                group.name
            );
        }
    }
    for name in CONNECT_INFO {
        assert!(
            explained("connect_info", name),
            "`{name}` is not in the table of `connect_info`"
        );
    }
    let text = read("docs/socket.md");
    for name in CHANNEL_OPTIONS.key_names().chain(ROUTE.key_names()) {
        assert!(
            text.contains(&format!("`{name}`")),
            "`{name}` is not in the table"
        );
    }
}
