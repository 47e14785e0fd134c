//! The names of all keys, and suggestions for a misspelt one.

use super::{
    ConfigError,
    key::Key,
    shape::{Names, Shape},
};
use crate::grammar::{
    names::{DECLARED, OF_A_MOUNT},
    spelling::{did_you_mean, list},
};

/// The position of a key among all names, group by group. Errors are listed in this order.
pub(super) fn rank(mut names: Names, key: &str) -> Vec<usize> {
    let place = |segment| {
        let place = names.iter().position(|(name, ..)| *name == segment)?;
        if let Some((_, _, Shape::Group(below) | Shape::Switched(below))) = names.get(place) {
            names = below;
        }
        Some(place)
    };
    key.split('.').map_while(place).collect()
}

/// A name of the language that a file cannot set.
fn not_in_a_file(name: &str) -> Option<ConfigError> {
    if DECLARED.contains(&name) {
        let error = ConfigError::new(format!("`{name}` is fixed at compile time"));
        return Some(error.help("declare it in `endpoint!`, and remove it here"));
    }
    OF_A_MOUNT.contains(&name).then(|| {
        ConfigError::new(format!(
            "`{name}` belongs to a mount, which is fixed at compile time"
        ))
        .help("write it into `socket(\"/path\", Type, ..)` of `endpoint!`, and remove it here")
    })
}

/// The error for a name that `group` does not have.
pub(super) fn unknown(group: Key<'_>, known: Names, name: &str) -> ConfigError {
    let known: Vec<_> = known.iter().map(|(name, ..)| *name).collect();
    let at_the_top = group.0.is_empty();
    if at_the_top && let Some(error) = not_in_a_file(name) {
        return error;
    }
    let within = if at_the_top {
        String::new()
    } else {
        format!(" in `{}`", group.0)
    };
    let error = ConfigError::new(format!("unknown key `{}`{within}", name.escape_debug()));
    match did_you_mean(name, known.iter().copied()) {
        Some(meant) => error.help(format!("did you mean `{meant}`?")),
        None if at_the_top => error
            .help(format!("known keys: {}", list(known.iter().copied())))
            .help("own settings go into `[extra]`"),
        None => error.help(format!("known keys: {}", list(known.iter().copied()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Settings, shape::Layered};

    fn said(name: &str) -> String {
        unknown(Key::TOP, Settings::SHAPE.names(), name).to_string()
    }

    #[test]
    fn what_is_part_of_the_binary_is_no_unknown_key() {
        for name in ["socket", "plug", "state", "debug_errors"] {
            assert!(said(name).starts_with(&format!(
                "`{name}` is fixed at compile time\n  help: declare"
            )));
        }
        assert!(
            said("websocket")
                .starts_with("`websocket` belongs to a mount, which is fixed at compile time")
        );
    }
}
