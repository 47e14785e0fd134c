//! Where mounts are served: no two at the same path.

use std::ptr;

use syn::LitStr;

use super::ast::Mount;
use crate::{
    diag::Diagnostics,
    expansion::type_name,
    grammar::path,
    language::{
        attributes::is_conditional,
        expr::{self, Acknowledged},
        options::Entry,
    },
    value::{
        check,
        pattern::{self, Segment},
    },
};

pub(super) fn check(mounts: &[Mount], diag: &mut Diagnostics) {
    let all: Vec<Served> = mounts
        .iter()
        .flat_map(|mount| served(mount, diag))
        .collect();
    served_once(&all, diag);
    overlap(&all, diag);
}

/// Pairs of mounts that may be served at one path, because options of their sockets' types set the
/// paths of transports: an earlier and a later mount. All others differ before that.
pub(super) fn pairs(mounts: &[Mount]) -> Vec<(usize, usize)> {
    let segments = |mount: &Mount| pattern::check_mount(&mount.path, &mut Diagnostics::default());
    let all: Vec<Vec<Segment>> = mounts
        .iter()
        .map(|mount| segments(mount).unwrap_or_default())
        .collect();
    let mut pairs = Vec::new();
    for (later, one) in all.iter().enumerate() {
        for (earlier, other) in all.iter().take(later).enumerate() {
            if one.iter().zip(other).all(|(one, other)| one.meets(other)) {
                pairs.push((earlier, later));
            }
        }
    }
    pairs
}

/// Where a transport of a mount is served.
struct Served<'a> {
    mount: &'a Mount,
    /// The expression to point at: the path of the transport, or of the mount.
    at: &'a LitStr,
    /// The full path as written.
    path: String,
    segments: Vec<Segment>,
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
    /// Whether this mount takes requests that an earlier one names more exactly: later mounts are
    /// asked first.
    fn hides(&self, earlier: &Served<'_>) -> bool {
        let alike = match (&self.transport, &earlier.transport) {
            (Transport::Written(_), Transport::Written(_)) => true,
            (Transport::Preset { name, .. }, Transport::Preset { name: other, .. }) => {
                name == other
            }
            _ => false,
        };
        let pairs = || self.segments.iter().zip(&earlier.segments);
        alike
            && self.segments.len() == earlier.segments.len()
            && pairs().all(|(one, other)| one.meets(other))
            && pairs().any(|(one, other)| one.is_wider(other))
    }

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

fn served<'a>(mount: &'a Mount, diag: &mut Diagnostics) -> Vec<Served<'a>> {
    diag.enter(mount.part);
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
            let text = expr::text(Acknowledged::unwrap(path))?;
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
        segments,
        transport,
    })
}

fn served_once(all: &[Served], diag: &mut Diagnostics) {
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

/// Warns of a mount that is less exact than an earlier one.
fn overlap(all: &[Served], diag: &mut Diagnostics) {
    for (index, served) in all.iter().enumerate() {
        let mut earlier = all.iter().take(index);
        let Some(first) =
            earlier.find(|earlier| served.hides(earlier) && !ptr::eq(earlier.mount, served.mount))
        else {
            continue;
        };
        diag.enter(served.mount.part);
        let line = first.mount.path.span().start().line;
        let (path, first) = (&served.path, &first.path);
        diag.warn(
            "paths_overlap",
            &served.mount.path,
            format!(
                "`{path}` takes requests for `{first}` on line {line}: later mounts are asked first"
            ),
        )
        .help("order them, most general first");
        return;
    }
}
