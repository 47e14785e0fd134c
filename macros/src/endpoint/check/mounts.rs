//! Checks of mounts: where each of their transports is served.

use std::ptr;

use syn::LitStr;

use crate::{
    diag::Diagnostics,
    endpoint::ast::Mount,
    expansion::type_name,
    grammar::path,
    language::{attributes::is_conditional, expr, options::Entry},
    value::{
        check,
        pattern::{self, Segment},
    },
};

/// Where a transport of a mount is served.
pub(super) struct Served<'a> {
    mount: &'a Mount,
    /// The expression to point at: the path of the transport, or of the mount.
    at: &'a LitStr,
    /// The full path as written.
    path: String,
    transport: Transport,
}

/// The path of a transport below its mount's.
enum Transport {
    Written(String),
    /// The options of the socket's type set it. Mounts of one type have the same path; nothing is
    /// known of other types.
    Preset {
        name: &'static str,
        socket: String,
    },
}

impl Served<'_> {
    fn is_same(&self, other: &Served<'_>) -> bool {
        let [a, b] = [self, other].map(|served| served.mount.path.value());
        match (&self.transport, &other.transport) {
            (Transport::Written(x), Transport::Written(y)) => path::is_same((&a, x), (&b, y)),
            (
                Transport::Preset { name, socket },
                Transport::Preset {
                    name: other,
                    socket: type_of_other,
                },
            ) => name == other && socket == type_of_other && path::is_same((&a, ""), (&b, "")),
            _ => false,
        }
    }
}

pub(super) fn served<'a>(mount: &'a Mount, diag: &mut Diagnostics) -> Vec<Served<'a>> {
    check::options(&mount.options, diag);
    some_transport(mount, diag);
    let Some(segments) = pattern::check_mount(&mount.path, diag) else {
        return Vec::new();
    };
    let transports = ["websocket", "longpoll"].into_iter();
    transports
        .filter_map(|name| served_by(name, mount, segments.clone(), diag))
        .collect()
}

/// Reports a mount that serves no transport, if the declaration alone shows it: the socket's own
/// options may turn longpoll on.
fn some_transport(mount: &Mount, diag: &mut Diagnostics) {
    let off = |name| {
        let value = mount.options.get(name).and_then(Entry::expr)?;
        (expr::boolean(value) == Some(false)).then_some(value)
    };
    if let (Some(websocket), Some(_), None) = (
        off("websocket"),
        off("longpoll"),
        mount.options.get("transport"),
    ) {
        diag.push(websocket, "this mount serves no transport")
            .help("remove `websocket = false`, or `longpoll = false`, or the mount");
    }
}

fn served_by<'a>(
    name: &'static str,
    mount: &'a Mount,
    mut segments: Vec<Segment>,
    diag: &mut Diagnostics,
) -> Option<Served<'a>> {
    let entry = mount.options.get(name);
    let off = entry.and_then(Entry::expr).and_then(expr::boolean) == Some(false);
    if off || (name == "longpoll" && entry.is_none()) {
        return None;
    }
    let mut whole = mount.path.value();
    let path = entry
        .and_then(Entry::options)
        .and_then(|options| options.get("path"));
    let (at, transport) = match path.and_then(Entry::expr) {
        Some(path) => {
            let text = expr::text(path)?;
            // What is wrong with this path alone has been reported with the other options.
            segments.extend(pattern::transport_path(text, &mut Diagnostics::default())?);
            whole.push_str(&text.value());
            if let Some(name) = pattern::bound_twice(&segments) {
                diag.push(text, format!("`{name}` is bound twice in `{whole}`"))
                    .help("rename one");
            }
            (text, Transport::Written(text.value()))
        }
        None => {
            whole.push('/');
            whole.push_str(name);
            let socket = type_name(&mount.socket);
            (&mount.path, Transport::Preset { name, socket })
        }
    };
    Some(Served {
        mount,
        at,
        path: whole,
        transport,
    })
}

pub(super) fn served_once(all: &[Served], diag: &mut Diagnostics) {
    let conditional = |mount: &Mount| is_conditional(&mount.attributes);
    let mut reported: Option<&Mount> = None;
    for (index, served) in all.iter().enumerate() {
        let Some(first) = all
            .iter()
            .take(index)
            .find(|earlier| earlier.is_same(served))
        else {
            continue;
        };
        let (mount, earlier) = (served.mount, first.mount);
        if ptr::eq(mount, earlier) {
            diag.push(
                served.at,
                format!("both transports would be served at `{}`", served.path),
            )
            .help("give one of them another path");
        } else if !conditional(mount)
            && !conditional(earlier)
            && !reported.is_some_and(|one| ptr::eq(one, mount))
        {
            let line = earlier.path.span().start().line;
            diag.push(
                &mount.path,
                format!("`{}` is already served by line {line}", served.path),
            )
            .help("give one of them another path");
            reported = Some(mount);
        }
    }
}
