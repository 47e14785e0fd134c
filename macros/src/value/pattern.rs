//! Paths: where sockets are mounted (`"/room/:id"`), what transports append, what URLs begin with.

use syn::LitStr;

use crate::{diag::Diagnostics, grammar::path};

/// A segment of a path pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    /// `:name`, or `prefix:name`.
    Variable {
        prefix: String,
        name: String,
    },
    /// `*name`: the rest of the path.
    Rest(String),
}

/// What is wrong with a segment.
struct Wrong {
    message: &'static str,
    help: Option<String>,
}

impl Segment {
    fn parse(text: &str) -> Result<Self, Wrong> {
        let wrong = |message, help| Err(Wrong { message, help });
        if let Some(name) = text.strip_prefix('*') {
            return match is_variable(name) {
                true => Ok(Segment::Rest(name.to_owned())),
                false if name.is_empty() => {
                    wrong("`*` needs a name", Some("write `*rest`".to_owned()))
                }
                false => wrong(
                    "a path variable starts with a lower-case letter or `_`",
                    Some(format!("write `*{}`", name.to_lowercase())),
                ),
            };
        }
        let bare = text.trim_matches(['<', '>', '{', '}']);
        if bare.len() + 2 == text.len() && is_variable(bare) {
            return wrong(
                "a variable is written `:name`",
                Some(format!("write `:{bare}`")),
            );
        }
        if matches!(text, "." | "..") {
            return wrong(
                "clients take dotted segments out of a path before they ask for it",
                Some(format!("remove `{text}`")),
            );
        }
        let Some((prefix, name)) = text.split_once(':') else {
            return match text.bytes().all(path::is_plain) {
                true => Ok(Segment::Literal(text.to_owned())),
                false => wrong(
                    "this is not a plain path",
                    Some("a segment has letters, digits and `-._~!$&'()+,;=@`".to_owned()),
                ),
            };
        };
        if name.is_empty() {
            return wrong("`:` needs a name", Some("write `:id`".to_owned()));
        }
        if name.contains(':') {
            return wrong(
                "a segment has one variable",
                Some("put a `/` between them".to_owned()),
            );
        }
        if !name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_') {
            let fixed = name.to_lowercase();
            let fixed = fixed.trim_start_matches(|char: char| char.is_ascii_digit());
            let fixed = if is_variable(fixed) { fixed } else { "id" };
            return wrong(
                "a path variable starts with a lower-case letter or `_`",
                Some(format!("write `:{fixed}`")),
            );
        }
        if !is_variable(name) {
            return wrong(
                "a variable reaches to the end of its segment",
                Some("letters, digits and `_`".to_owned()),
            );
        }
        Ok(Segment::Variable {
            prefix: prefix.to_owned(),
            name: name.to_owned(),
        })
    }

    /// Whether one text can match both.
    pub(crate) fn meets(&self, other: &Segment) -> bool {
        match (self, other) {
            (Segment::Literal(one), Segment::Literal(other)) => one == other,
            (Segment::Variable { prefix, .. }, Segment::Literal(text))
            | (Segment::Literal(text), Segment::Variable { prefix, .. }) => {
                text.starts_with(prefix) && text != prefix
            }
            (Segment::Variable { prefix, .. }, Segment::Variable { prefix: other, .. }) => {
                prefix.starts_with(other) || other.starts_with(prefix)
            }
            (Segment::Rest(_), Segment::Rest(_)) => true,
            _ => false,
        }
    }

    /// Whether it matches more than a segment that it meets.
    pub(crate) fn is_wider(&self, other: &Segment) -> bool {
        match (self, other) {
            (Segment::Variable { .. }, Segment::Literal(_)) => true,
            (Segment::Variable { prefix, .. }, Segment::Variable { prefix: other, .. }) => {
                prefix.len() < other.len()
            }
            _ => false,
        }
    }

    fn variable(&self) -> Option<&str> {
        match self {
            Segment::Literal(_) => None,
            Segment::Variable { name, .. } | Segment::Rest(name) => Some(name),
        }
    }
}

/// Checks the path of `socket("/path", ..)` and returns its segments if it is right.
pub(crate) fn check_mount(text: &LitStr, diag: &mut Diagnostics) -> Option<Vec<Segment>> {
    let path = text.value();
    if let Some((_, rest)) = path.split_once("://") {
        let below = rest.split_once('/').map_or("", |(_, below)| below);
        let before = path.strip_suffix(below).unwrap_or_default();
        diag.push(text, "a mount has a path, without scheme and host")
            .within(&path, before.strip_suffix('/').unwrap_or(before))
            .help(format!("write `\"/{below}\"`"));
        return None;
    }
    if !path.starts_with('/') {
        diag.push(text, "a mount path starts with `/`")
            .help(format!("write `\"/{path}\"`"));
        return None;
    }
    if path == "/" {
        return Some(Vec::new());
    }
    let segments = parse(text, diag)?;
    if let Some(Segment::Rest(name)) = segments.last() {
        diag.push(
            text,
            format!("`*{name}` swallows the transport path, such as `/websocket`"),
        )
        .within(&path, path.rsplit('/').next().unwrap_or_default())
        .help(format!("put the variable into a segment: `:{name}`"));
        return None;
    }
    Some(segments)
}

/// Checks `websocket(path = "/path")`.
pub(crate) fn check_transport_path(text: &LitStr, diag: &mut Diagnostics) {
    transport_path(text, diag);
}

/// The segments of a transport's path. `""` and `"/"` serve the transport at the mount's path.
pub(crate) fn transport_path(text: &LitStr, diag: &mut Diagnostics) -> Option<Vec<Segment>> {
    let path = text.value();
    if path.is_empty() || path == "/" {
        return Some(Vec::new());
    }
    if !path.starts_with('/') {
        diag.push(text, "a transport path starts with `/`")
            .help(format!("write `\"/{path}\"`"));
        return None;
    }
    parse(text, diag)
}

fn parse(text: &LitStr, diag: &mut Diagnostics) -> Option<Vec<Segment>> {
    let path = text.value();
    let mut segments = Vec::new();
    let mut rest: Option<String> = None;
    for part in path.split('/').skip(1) {
        if let Some(name) = rest {
            diag.push(text, format!("`*{name}` must be the last segment"))
                .within(&path, part);
            return None;
        }
        if part.is_empty() {
            let plain: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            diag.push(text, "this is not a plain path: it has an empty segment")
                .within(&path, path::empty_segment(&path).unwrap_or_default())
                .help(format!("write `\"/{}\"`", plain.join("/")));
            return None;
        }
        match Segment::parse(part) {
            Ok(segment) => {
                rest = match &segment {
                    Segment::Rest(name) => Some(name.clone()),
                    _ => None,
                };
                segments.push(segment);
            }
            Err(Wrong { message, help }) => {
                let found = diag.push(text, message).within(&path, part);
                if let Some(help) = help {
                    found.help(help);
                }
                return None;
            }
        }
    }
    if let Some(name) = bound_twice(&segments) {
        let again = path.rsplit('/').find(|part| part.ends_with(name));
        diag.push(text, format!("`{name}` is bound twice in `{path}`"))
            .within(&path, again.unwrap_or_default())
            .help("rename one");
    }
    Some(segments)
}

/// The first variable that two segments bind.
pub(crate) fn bound_twice(segments: &[Segment]) -> Option<&str> {
    let names: Vec<&str> = segments.iter().filter_map(Segment::variable).collect();
    names
        .iter()
        .enumerate()
        .find(|(index, name)| names.iter().take(*index).any(|earlier| earlier == *name))
        .map(|(_, name)| *name)
}

/// Checks `url(path = "/app")`, and other keys that are paths.
pub(crate) fn check_url_path(key: &str, text: &LitStr, diag: &mut Diagnostics) {
    if let Err(mistake) = path::check(key, &text.value()) {
        diag.push_mistake(text, mistake);
    }
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
