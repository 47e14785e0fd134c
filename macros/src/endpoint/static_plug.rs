//! `plug(Static::new("static").only([..]))`, as far as its tokens tell.

use quote::ToTokens;
use syn::{Expr, ExprMethodCall, Token, punctuated::Punctuated};

use super::ast::{Declaration, Stage};
use crate::{diag::Diagnostics, language::expr};

type Arguments = Punctuated<Expr, Token![,]>;

/// The plug of static files: the arguments of `new`, and the methods behind it.
pub(super) struct StaticPlug<'a> {
    directory: &'a Arguments,
    methods: Vec<&'a ExprMethodCall>,
}

impl<'a> StaticPlug<'a> {
    pub(super) fn of(value: &'a Expr) -> Option<Self> {
        match value {
            Expr::MethodCall(call) => {
                let mut plug = StaticPlug::of(&call.receiver)?;
                plug.methods.push(call);
                Some(plug)
            }
            Expr::Call(call) => is_constructor(&call.func, "Static", "new").then_some(StaticPlug {
                directory: &call.args,
                methods: Vec::new(),
            }),
            Expr::Group(group) => StaticPlug::of(&group.expr),
            Expr::Paren(paren) => StaticPlug::of(&paren.expr),
            _ => None,
        }
    }

    fn argument(&self, method: &str) -> Option<&'a Expr> {
        let call = self.methods.iter().find(|call| call.method == method)?;
        call.args.first()
    }
}

/// Whether a function is `Type::name`, however the type is qualified.
pub(super) fn is_constructor(function: &Expr, ty: &str, name: &str) -> bool {
    let Expr::Path(path) = function else {
        return false;
    };
    let mut segments = path.path.segments.iter().rev();
    segments.next().is_some_and(|last| last.ident == name)
        && segments.next().is_some_and(|before| before.ident == ty)
}

/// Whether one of the plugs serves static files.
pub(super) fn is_declared(declaration: &Declaration) -> bool {
    declaration
        .pipeline
        .iter()
        .filter_map(parsed)
        .any(|value| StaticPlug::of(&value).is_some())
}

/// The expression of a plug.
pub(super) fn parsed(stage: &Stage) -> Option<Expr> {
    syn::parse2(stage.value.clone()).ok()
}

pub(super) fn check(plug: &StaticPlug<'_>, diag: &mut Diagnostics) {
    if let Some(text) = plug.directory.first().and_then(expr::text)
        && text.value().starts_with('/')
    {
        diag.warn(
            "absolute_directory",
            text,
            "this directory has to exist on every machine that the program runs on",
        )
        .help("write `concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/static\")`, or a path below the working directory");
    }
    for name in ["only", "only_matching"] {
        let names = plug.argument(name).and_then(expr::list);
        for text in names.into_iter().flatten().filter_map(expr::text) {
            let path = text.value();
            if path.contains('/') {
                let mut segments = path.split('/').filter(|segment| !segment.is_empty());
                let first = segments.next().unwrap_or("assets");
                diag.push(
                    text,
                    format!("`{name}` compares the first segment of a path, which has no `/`"),
                )
                .within(&path, path.matches('/').next().unwrap_or_default())
                .help(format!("write `{first:?}`"));
            }
        }
    }
    let below = plug.argument("at").is_some_and(|at| {
        expr::text(at).is_none_or(|text| text.value().contains(|char: char| char != '/'))
    });
    let is_bounded = ["only", "only_matching"]
        .iter()
        .any(|name| plug.argument(name).is_some());
    if !below && !is_bounded {
        diag.warn(
            "every_path_on_disk",
            &plug.directory.to_token_stream(),
            "every request that is not for a socket would ask the disk",
        )
        .help("add `.only([\"assets\", \"favicon.ico\"])`, or `.at(\"/assets\")`");
    }
}
