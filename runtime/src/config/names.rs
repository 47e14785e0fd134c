//! The names of all keys, and what a mistaken one may have meant.

use super::{
    ConfigError, Settings,
    row::{Layered, Shape},
    value::Key,
};

/// What only a declaration can say.
const DECLARED: [&str; 3] = ["socket", "plug", "service"];

/// All names outside of groups.
pub(super) fn top() -> &'static [(&'static str, Shape)] {
    match Settings::SHAPE {
        Shape::Group(names) => names,
        Shape::Value | Shape::Open => &[],
    }
}

/// Where a key stands among all keys, group by group: findings are listed in this order.
pub(super) fn rank(key: &str) -> Vec<usize> {
    let mut names = top();
    let place = |segment| {
        let place = names.iter().position(|(name, _)| *name == segment)?;
        if let Some((_, Shape::Group(below))) = names.get(place) {
            names = below;
        }
        Some(place)
    };
    key.split('.').map_while(place).collect()
}

/// What to say about a name that `group` does not have.
pub(super) fn unknown(group: Key<'_>, known: &[(&str, Shape)], name: &str) -> ConfigError {
    let known: Vec<_> = known.iter().map(|(name, _)| *name).collect();
    let at_the_top = group.0.is_empty();
    if at_the_top && DECLARED.contains(&name) {
        return ConfigError::new(format!("`{name}` is fixed at compile time"))
            .help("declare it in `endpoint!`, and remove it here");
    }
    let within = if at_the_top { String::new() } else { format!(" in `{}`", group.0) };
    let error = ConfigError::new(format!("unknown key `{}`{within}", name.escape_debug()));
    match closest(name, &known) {
        Some(meant) => error.help(format!("did you mean `{meant}`?")),
        None if at_the_top => {
            error.help(format!("known keys: {}", list(&known))).help("own settings go into `[extra]`")
        }
        None => error.help(format!("known keys: {}", list(&known))),
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
