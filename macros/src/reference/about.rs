//! What the runtime's documentation says about a key: its purpose and its default.

use std::{collections::BTreeMap, fs, path::Path};

use syn::{
    Attribute, Expr, ExprLit, Fields, Ident, Item, Lit, Meta, Token, TraitItem, Type, Visibility,
    braced,
    parse::{ParseStream, Parser},
};

/// Where each struct whose fields are keys is declared.
const SOURCES: &[&str] = &[
    "channel/contract.rs",
    "channel/socket.rs",
    "crypto/options.rs",
    "dashboard/options.rs",
    "error_page/options.rs",
    "force_ssl.rs",
    "socket/deflate_options.rs",
    "socket/drainer.rs",
    "socket/info.rs",
    "socket/options.rs",
];

pub(super) struct About {
    pub(super) text: String,
    /// `None` if the documentation names none.
    pub(super) default: Option<String>,
    /// Whether a reload of the configuration changes it.
    pub(super) live: bool,
}

/// All of them, by struct and field.
pub(super) fn all() -> BTreeMap<(String, String), About> {
    let mut all = BTreeMap::new();
    for source in SOURCES {
        for item in syn::parse_file(&read(source)).unwrap().items {
            match item {
                Item::Struct(item) => {
                    if let Fields::Named(fields) = item.fields {
                        for field in fields.named {
                            let name = field.ident.unwrap().to_string();
                            let about = About::of(&docs(&field.attrs), false);
                            all.insert((item.ident.to_string(), name), about);
                        }
                    }
                }
                Item::Trait(item) => {
                    for constant in item.items {
                        if let TraitItem::Const(constant) = constant {
                            let name = constant.ident.to_string().to_lowercase();
                            let about = About::of(&docs(&constant.attrs), false);
                            all.insert((item.ident.to_string(), name), about);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    macro_rows("config/table.rs", "settings", &mut all, layers);
    macro_rows("config/table/brokers.rs", "settings", &mut all, layers);
    macro_rows("private/names.rs", "names", &mut all, lists);
    all
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../runtime/src")
        .join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

type Row = (String, String, About);

fn macro_rows(
    source: &str,
    name: &str,
    all: &mut BTreeMap<(String, String), About>,
    rows: fn(ParseStream) -> syn::Result<Vec<Row>>,
) {
    let items = syn::parse_file(&read(source)).unwrap().items;
    let tokens = items.into_iter().find_map(|item| match item {
        Item::Macro(item) if item.mac.path.is_ident(name) => Some(item.mac.tokens),
        _ => None,
    });
    for (owner, name, about) in rows.parse2(tokens.unwrap()).unwrap() {
        all.insert((owner, name), about);
    }
}

/// `Layer => Config { /// doc` `live pub name: Said => Value = default, .. }`
fn layers(input: ParseStream) -> syn::Result<Vec<Row>> {
    let mut rows = Vec::new();
    while !input.is_empty() {
        input.call(Attribute::parse_outer)?;
        let layer = input.parse::<Ident>()?.to_string();
        input.parse::<Token![=>]>()?;
        input.call(Attribute::parse_outer)?;
        input.parse::<Ident>()?;
        let content;
        braced!(content in input);
        while !content.is_empty() {
            let attributes = content.call(Attribute::parse_outer)?;
            let live = content.parse::<Ident>()? == "live";
            content.parse::<Visibility>()?;
            let name = content.parse::<Ident>()?.to_string();
            content.parse::<Token![:]>()?;
            content.parse::<Type>()?;
            content.parse::<Token![=>]>()?;
            content.parse::<Type>()?;
            if content.parse::<Option<Token![=]>>()?.is_some() {
                content.parse::<Expr>()?;
            }
            content.parse::<Token![,]>()?;
            rows.push((layer.clone(), name, About::of(&docs(&attributes), live)));
        }
    }
    Ok(rows)
}

/// `Struct CONSTANT { /// doc` `name, .. }`
fn lists(input: ParseStream) -> syn::Result<Vec<Row>> {
    let mut rows = Vec::new();
    while !input.is_empty() {
        input.call(Attribute::parse_outer)?;
        let list = input.parse::<Ident>()?.to_string();
        input.parse::<Ident>()?;
        let content;
        braced!(content in input);
        while !content.is_empty() {
            let attributes = content.call(Attribute::parse_outer)?;
            let name = content.parse::<Ident>()?.to_string();
            content.parse::<Token![,]>()?;
            rows.push((list.clone(), name, About::of(&docs(&attributes), false)));
        }
    }
    Ok(rows)
}

/// The first paragraph of the documentation, in one line and without links.
fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| {
        let Meta::NameValue(meta) = &attribute.meta else {
            return None;
        };
        match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) if meta.path.is_ident("doc") => Some(text.value().trim().to_owned()),
            _ => None,
        }
    });
    let paragraph: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    without_links(&paragraph.join(" "))
}

/// `[text](target)` and `[text]` become `text`. What stands in backticks is no link.
fn without_links(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(['[', '`']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        if let Some(code) = from.strip_prefix('`') {
            let end = code.find('`').map_or(code.len(), |end| end + 1);
            plain.push('`');
            plain.push_str(&code[..end]);
            rest = &code[end..];
            continue;
        }
        let end = from.find(']').unwrap_or(from.len() - 1);
        plain.push_str(&from[1..end]);
        rest = &from[end + 1..];
        if let Some(target) = rest.strip_prefix('(') {
            rest = &target[target.find(')').map_or(target.len(), |end| end + 1)..];
        }
    }
    plain + rest
}

impl About {
    /// Takes the sentence about the default out of the text.
    fn of(docs: &str, live: bool) -> Self {
        let Some(at) = docs.find("Default") else {
            return About {
                text: docs.to_owned(),
                default: None,
                live,
            };
        };
        let (before, from) = docs.split_at(at);
        let end = from.find(". ").map_or(from.len(), |end| end + 1);
        let (sentence, after) = from.split_at(end);
        let default = sentence
            .trim_start_matches("Default")
            .trim_start_matches(':')
            .trim()
            .trim_end_matches('.');
        About {
            text: format!("{before}{}", after.trim_start()).trim().to_owned(),
            default: Some(default.to_owned()),
            live,
        }
    }
}
