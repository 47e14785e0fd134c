//! The names of all keys, and what a mistaken one may have meant.

use super::ConfigError;

/// Keys that hold one value, outside of groups.
pub(super) const VALUES: [&str; 4] = ["secret_key_base", "check_origin", "trusted_proxies", "server"];

/// Groups, with their keys.
pub(super) const GROUPS: [(&str, &[&str]); 4] = [
    ("url", &["host", "port", "scheme", "path"]),
    ("static_url", &["host", "port", "scheme", "path"]),
    (
        "http",
        &[
            "ip",
            "port",
            "header_timeout",
            "idle_timeout",
            "shutdown_timeout",
            "max_headers",
            "max_head_bytes",
            "max_connections",
            "max_connections_per_ip",
        ],
    ),
    ("pubsub", &["queue", "queue_bytes"]),
];

/// The group of other libraries' keys.
pub(super) const EXTRA: &str = "extra";

/// What only a declaration can say.
const DECLARED: [&str; 3] = ["socket", "plug", "service"];

pub(super) fn group(name: &str) -> Option<&'static [&'static str]> {
    GROUPS.iter().find(|(group, _)| *group == name).map(|(_, keys)| *keys)
}

/// Where a key stands among all keys: findings are listed in this order.
pub(super) fn rank(key: &str) -> usize {
    let (top, name) = key.split_once('.').unwrap_or((key, ""));
    let of_top = tops().position(|known| known == top).unwrap_or(0);
    let of_name = group(top).and_then(|keys| keys.iter().position(|known| *known == name)).unwrap_or(0);
    of_top * 100 + of_name
}

fn tops() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().map(|(group, _)| *group).chain(VALUES).chain([EXTRA])
}

pub(super) fn unknown_top(name: &str) -> ConfigError {
    if DECLARED.contains(&name) {
        return ConfigError::new(format!("`{name}` is fixed at compile time"))
            .help("declare it in `endpoint!`, and remove it here");
    }
    let names: Vec<_> = tops().collect();
    let error = ConfigError::new(format!("unknown key `{}`", name.escape_debug()));
    match closest(name, &names) {
        Some(meant) => error.help(format!("did you mean `{meant}`?")),
        None => error
            .help(format!("known keys: {}", list(&names)))
            .help(format!("own settings go into `[{EXTRA}]`")),
    }
}

pub(super) fn unknown_in(group: &str, keys: &[&str], name: &str) -> ConfigError {
    let error = ConfigError::new(format!("unknown key `{}` in `{group}`", name.escape_debug()));
    match closest(name, keys) {
        Some(meant) => error.help(format!("did you mean `{meant}`?")),
        None => error.help(format!("known keys: {}", list(keys))),
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The name that differs least, by at most two edits and not by all of its letters.
fn closest<'a>(name: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let distances = candidates.iter().map(|candidate| (edits(name, candidate), *candidate));
    let (distance, candidate) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= 2 && distance < candidate.len()).then_some(candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<_>, Vec<_>) = (a.chars().take(64).collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let least = replace.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if swapped { least.min(rows[i - 2][j - 2] + 1) } else { least }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_what_is_near() {
        assert_eq!(closest("urll", &["url", "http"]), Some("url"));
        assert_eq!(closest("hots", &["host", "port"]), Some("host"));
        assert_eq!(closest("live_view", &["url", "http"]), None);
        assert_eq!(closest("ip", &["ab"]), None);
    }
}
