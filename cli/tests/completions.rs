//! What shells complete, in the shells themselves: each reads the script as `--help` says.

mod common;

use std::{fs, path::Path, process::Command};

use common::{landfall, place, text};

/// What bash offers for a line.
fn by_bash(words: &[&str]) -> Vec<String> {
    let script = format!(
        "source <({:?} completions bash); COMP_WORDS=({}); COMP_CWORD={}; _landfall; echo \"${{COMPREPLY[@]}}\"",
        env!("CARGO_BIN_EXE_landfall"),
        words
            .iter()
            .map(|word| format!("'{word}'"))
            .collect::<Vec<_>>()
            .join(" "),
        words.len() - 1
    );
    let done = Command::new("bash").args(["-c", &script]).output();
    let done = done.expect("bash runs");
    assert!(done.status.success() && done.stderr.is_empty(), "{done:?}");
    text(&done.stdout)
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

#[test]
fn bash_completes_commands_and_options() {
    assert_eq!(by_bash(&["landfall", "di"]), ["digest", "digest.clean"]);
    assert_eq!(by_bash(&["landfall", "new", "--a"]), ["--axum"]);
    assert_eq!(by_bash(&["landfall", "gen", "c"]), ["channel", "cert"]);
    assert_eq!(by_bash(&["landfall", "gen", "secret", "--o"]), ["--output"]);
    assert_eq!(by_bash(&["landfall", "completions", ""]).len(), 4);
}

/// What fish offers for a line, without descriptions.
fn by_fish(home: &Path, line: &str) -> Vec<String> {
    // Of a command that is not there fish completes nothing.
    let program = Path::new(env!("CARGO_BIN_EXE_landfall"));
    let folder = program.parent().expect("a folder").display();
    let path = std::env::var("PATH").expect("a path");
    let mut fish = Command::new("fish");
    fish.args(["-c", "complete --do-complete $argv[1]", line])
        .env("PATH", format!("{folder}:{path}"))
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join(".config"));
    let done = fish.output().expect("fish runs");
    assert!(done.status.success() && done.stderr.is_empty(), "{done:?}");
    let offered = text(&done.stdout);
    let words = offered.lines().filter_map(|line| line.split('\t').next());
    words.map(str::to_owned).collect()
}

#[test]
#[ignore = "needs fish"]
fn fish_completes_commands_and_options() {
    let home = place("fish");
    let folder = home.join(".config/fish/completions");
    fs::create_dir_all(&folder).expect("a folder");
    let script = landfall(&["completions", "fish"]).stdout;
    fs::write(folder.join("landfall.fish"), script).expect("a file");
    let completed = |line| by_fish(&home, line);
    assert_eq!(completed("landfall di"), ["digest", "digest.clean"]);
    assert_eq!(completed("landfall new --a"), ["--axum"]);
    assert_eq!(completed("landfall gen c"), ["cert", "channel"]);
    assert_eq!(completed("landfall gen secret --o"), ["--output"]);
    let folders = completed("landfall gen cert --output sr");
    assert!(folders.contains(&"src/".to_owned()), "{folders:?}");
}

/// Types each line into a terminal of zsh's, presses Tab, and prints what stands there then.
const TYPED: &str = r#"
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; fpath=(~/.zfunc \$fpath); autoload -U compinit; compinit -u -d ~/dump"
zpty -w shell "show() { print -r -- \"<\$BUFFER>\" }; zle -N show; bindkey '^X' show; echo REA''DY"
zpty -r shell out '*READY*'
for line in "$@"; do
    zpty -w -n shell $line$'\t\x18'
    zpty -r shell out '*<*>*'
    print -r -- "${${out##*<}%%>*}"
    zpty -w -n shell $'\x15'
done
zpty -d shell
"#;

#[test]
#[ignore = "needs zsh"]
fn zsh_completes_commands_and_options() {
    let home = place("zsh");
    fs::create_dir(home.join(".zfunc")).expect("a folder");
    let script = landfall(&["completions", "zsh"]).stdout;
    fs::write(home.join(".zfunc/_landfall"), script).expect("a file");
    let mut zsh = Command::new("timeout");
    zsh.args(["60", "zsh", "-f", "-c", TYPED, "zsh"]).args([
        "landfall compl",
        "landfall new --ax",
        "landfall gen ch",
        "landfall gen secret --o",
        "landfall di",
    ]);
    let done = zsh.env("HOME", &home).output().expect("zsh runs");
    assert!(done.status.success(), "{done:?}");
    assert_eq!(
        text(&done.stdout).lines().collect::<Vec<_>>(),
        [
            "landfall completions ",
            "landfall new --axum ",
            "landfall gen channel ",
            "landfall gen secret --output ",
            // There are two.
            "landfall digest",
        ]
    );
}

#[test]
fn every_command_is_completed_and_has_help() {
    let help = text(&landfall(&["--help"]).stdout);
    let (_, commands) = help.split_once("Commands:\n").expect("commands");
    let names = commands.lines().take_while(|line| !line.is_empty());
    let names: Vec<_> = names
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.len() >= 9, "{names:?}");
    for shell in ["bash", "zsh", "fish"] {
        let script = text(&landfall(&["completions", shell]).stdout);
        for name in &names {
            assert!(script.contains(name), "{shell}: {name}");
        }
        assert!(script.contains("no-channels"), "{shell}: {script}");
    }
    for name in names {
        let done = landfall(&["help", name]);
        let told = text(&done.stdout);
        assert!(
            done.status.success() && told.contains("Exit codes: "),
            "{name}: {told}"
        );
    }
}
