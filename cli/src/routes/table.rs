//! What is printed.

use super::{
    endpoint::{Endpoint, Mount, Other},
    project::{Place, Project},
    socket::Socket,
    statement::Statement,
    tokens::string,
};

/// The longest expression that is shown, in characters.
const LONGEST: usize = 60;

/// A line: kind, place, what stands there, and where it is declared.
struct Row([String; 4]);

/// A table for each endpoint.
pub(super) fn text(project: &Project) -> String {
    let tables = project.endpoints.iter().map(|(place, endpoint)| {
        let head = format!("{}  {}\n", endpoint.name, shown(place));
        head + &aligned(&rows(project, place, endpoint))
    });
    tables.collect::<Vec<_>>().join("\n")
}

/// In the order in which a request meets them.
fn rows(project: &Project, place: &Place, endpoint: &Endpoint) -> Vec<Row> {
    let of = |is_before: bool| {
        let others = endpoint.others.iter();
        others
            .filter(move |other| (other.kind == "force_ssl") == is_before)
            .map(|other| other_row(endpoint, other))
    };
    let mounts = endpoint.mounts.iter();
    let mounts = mounts.flat_map(|mount| {
        let socket = project.socket(&mount.socket, &place.file);
        mounted(endpoint, mount, socket)
    });
    of(true).chain(mounts).chain(of(false)).collect()
}

fn other_row(endpoint: &Endpoint, other: &Other) -> Row {
    let prefix = match other.kind {
        "dashboard" => &endpoint.prefix,
        _ => "",
    };
    Row([
        other.kind.to_owned(),
        cut(&format!("{prefix}{}", other.what)),
        conditions(&other.conditions),
        String::new(),
    ])
}

/// A line for each transport of a mount, and one for each channel of its socket.
fn mounted(endpoint: &Endpoint, mount: &Mount, declared: Option<&(Place, Socket)>) -> Vec<Row> {
    let socket = declared.map(|(_, socket)| socket);
    let is_own = mount
        .options
        .iter()
        .any(|option| option.name == "transport");
    let transports = [
        ("websocket", transport("websocket", true, mount, socket)),
        ("longpoll", transport("longpoll", false, mount, socket)),
        ("transport", is_own.then(String::new)),
    ];
    let transports = transports.into_iter().filter_map(|(kind, path)| {
        Some(Row([
            kind.to_owned(),
            format!("{}{}{}", endpoint.prefix, mount.path, path?),
            format!("{}{}", mount.socket, conditions(&mount.conditions)),
            declared.map_or(String::new(), |(place, _)| shown(place)),
        ]))
    });
    let channels = socket.into_iter().flat_map(|socket| &socket.channels);
    let channels = channels.map(|channel| {
        Row([
            "  channel".to_owned(),
            channel.pattern.clone(),
            format!("{}{}", channel.name, conditions(&channel.conditions)),
            String::new(),
        ])
    });
    transports.chain(channels).collect()
}

/// What a transport appends to the path of its mount, if it is on: what the mount says counts, or
/// else what the socket says.
fn transport(
    kind: &str,
    is_default: bool,
    mount: &Mount,
    socket: Option<&Socket>,
) -> Option<String> {
    let is_kind = |option: &&Statement| option.name == kind;
    let own = mount.options.iter().find(is_kind);
    let given = socket.and_then(|socket| socket.options.iter().find(is_kind));
    let is_on = own.or(given).map_or(is_default, |said| !said.is_off());
    let mut paths = own
        .into_iter()
        .chain(given)
        .filter_map(|said| said.key("path"));
    let path = paths.next().and_then(|path| path.first().and_then(string));
    is_on.then(|| path.unwrap_or_else(|| format!("/{kind}")))
}

/// Conditions under which there is such a line.
fn conditions(conditions: &[String]) -> String {
    let all = conditions
        .iter()
        .map(|condition| format!("  #[{condition}]"));
    all.collect()
}

fn shown(place: &Place) -> String {
    format!("{}:{}", place.file.display(), place.line)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}..", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// The lines, with what stands below each other aligned.
fn aligned(rows: &[Row]) -> String {
    let width = |column: usize| {
        let widths = rows.iter().map(|Row(cells)| cells[column].chars().count());
        // What an expression is long does not move the addresses of sockets.
        widths
            .filter(|width| column == 0 || *width <= 32)
            .max()
            .unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2)];
    let mut text = String::new();
    for Row([kind, place, what, source]) in rows {
        let [first, second, third] = widths;
        let line = format!("  {kind:first$}  {place:second$}  {what:third$}  {source}");
        text.extend([line.trim_end(), "\n"]);
    }
    text
}
