//! The table against the runtime: every key is a field, every field a key, and all of it is documented.

use std::{collections::BTreeSet, fs, path::Path};

use syn::{Fields, Item, TraitItem};

use super::*;

/// Fields that no key sets.
const WITHOUT_KEY: &[(&str, &[&str])] =
    &[("Mount", &["path", "socket", "location"]), ("ConnectInfo", &["custom"])];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn fields(file: &str, name: &str) -> BTreeSet<String> {
    let file = syn::parse_file(&read(file)).unwrap();
    let found = file.items.into_iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == name => Some(item.fields),
        _ => None,
    });
    let Some(Fields::Named(fields)) = found else { panic!("no struct {name}") };
    let but = WITHOUT_KEY.iter().find(|(owner, _)| *owner == name).map_or(&[] as &[&str], |(_, but)| but);
    fields
        .named
        .into_iter()
        .map(|field| field.ident.unwrap().to_string())
        .filter(|field| !but.contains(&field.as_str()))
        .collect()
}

fn keys(group: &Group) -> BTreeSet<String> {
    group.key_names().map(str::to_owned).collect()
}

#[test]
fn keys_are_the_fields_of_the_runtime() {
    for (file, group) in [
        ("config/settings.rs", &URL),
        ("config/settings.rs", &STATIC_URL),
        ("config/settings.rs", &HTTP),
        ("config/settings.rs", &PUBSUB),
        ("socket/options.rs", &SOCKET_OPTIONS),
        ("socket/options.rs", &WEBSOCKET),
        ("socket/options.rs", &LONGPOLL),
        ("socket/options.rs", &CRYPTO),
        ("socket/options.rs", &OUTBOX),
        ("socket/options.rs", &DRAINER),
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
fn connect_info_keys_are_the_fields_of_the_runtime() {
    let names: BTreeSet<String> = CONNECT_INFO.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(names, fields("socket/info.rs", "ConnectInfo"));
}

#[test]
fn directives_that_set_something_are_the_fields_of_settings() {
    let directives: BTreeSet<String> = DIRECTIVES
        .iter()
        .filter(|directive| matches!(directive.form, Form::Group(_) | Form::Value(_) | Form::Extra))
        .map(|directive| directive.name.to_owned())
        .collect();
    assert_eq!(directives, fields("config/settings.rs", "Settings"));
}

#[test]
fn words_are_the_variants_of_the_runtime() {
    for (file, group, key) in
        [("socket/options.rs", &OUTBOX, "overflow"), ("crypto/key.rs", &CRYPTO, "key_digest")]
    {
        let file = syn::parse_file(&read(file)).unwrap();
        let Some(Key { kind: Kind::Word { literal, words }, .. }) = group.key(key) else { panic!("{key}") };
        let variants = file.items.into_iter().find_map(|item| match item {
            Item::Enum(item) if item.ident == literal => Some(item.variants),
            _ => None,
        });
        let variants: Vec<String> =
            variants.unwrap().into_iter().map(|variant| variant.ident.to_string()).collect();
        assert_eq!(variants, words.iter().map(|(_, variant)| *variant).collect::<Vec<_>>(), "{key}");
    }
}

#[test]
fn every_name_is_documented() {
    let text = read("docs/endpoint.md");
    let groups =
        [&URL, &STATIC_URL, &HTTP, &PUBSUB, &SOCKET, &WEBSOCKET, &LONGPOLL, &CRYPTO, &OUTBOX, &DRAINER];
    let keys = groups.into_iter().flat_map(Group::key_names);
    for name in directive_names().chain(keys).chain(CONNECT_INFO.iter().copied()) {
        assert!(text.contains(&format!("`{name}`")), "`{name}` is not in the table");
    }
    let text = read("docs/socket.md");
    for name in CHANNEL_OPTIONS.key_names().chain(ROUTE.key_names()) {
        assert!(text.contains(&format!("`{name}`")), "`{name}` is not in the table");
    }
}
