//! Watchers: the programs that run beside an endpoint.

use super::{
    Mistake,
    spelling::{did_you_mean, list},
};

/// What may stand behind the arguments of a watcher.
pub(crate) const OPTIONS: [&str; 3] = ["command", "cd", "env"];

/// The mistake of a watcher without arguments.
pub(crate) fn no_arguments(name: &str) -> Mistake {
    Mistake::new(format!("`watchers.{name}` has no arguments"))
        .help(format!("write `{name} = [\"build.js\", \"--watch\"]`"))
}

/// The mistake of an option that watchers do not have.
pub(crate) fn unknown_option(option: &str) -> Mistake {
    let mistake = Mistake::new(format!(
        "unknown watcher option `{}`",
        option.escape_debug()
    ));
    // A slip is half of a name as short as `cd`.
    let begins = || OPTIONS.into_iter().find(|known| option.starts_with(known));
    match did_you_mean(option, OPTIONS).or_else(begins) {
        Some(near) => mistake.help(format!("did you mean `{near}`?")),
        None => mistake.help(format!("options of a watcher: {}", list(OPTIONS))),
    }
}

/// Checks a text that the system is given: a name, an argument or a directory.
pub(crate) fn check_text(text: &str) -> Result<(), Mistake> {
    match text.contains('\0') {
        true => Err(Mistake::new("a program cannot be given a NUL byte")
            .at(text, text.matches('\0').next().unwrap_or_default())
            .help("remove it")),
        false => Ok(()),
    }
}

/// Checks the name of a program.
pub(crate) fn check_command(name: &str) -> Result<(), Mistake> {
    match name.is_empty() {
        true => Err(Mistake::new("a watcher needs the name of a program")),
        false => check_text(name),
    }
}

/// Checks the name of an environment variable.
pub(crate) fn check_variable(name: &str) -> Result<(), Mistake> {
    if name.is_empty() || name.contains(['=', '\0']) {
        let text = format!(
            "`{}` cannot name an environment variable",
            name.escape_debug()
        );
        let wrong = name.matches(['=', '\0']).next().unwrap_or(name);
        return Err(Mistake::new(text)
            .at(name, wrong)
            .help("write `env(NODE_ENV = \"development\")`"));
    }
    Ok(())
}
