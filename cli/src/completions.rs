//! `landfall completions`: what a shell completes. Commands and options are read from the help
//! texts, so that there is one list of them.

use crate::help;

/// The shells that are known.
pub(crate) const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// A command with what may follow it.
struct Command {
    name: &'static str,
    about: &'static str,
    /// Options with what they are about.
    options: Vec<(&'static str, &'static str)>,
    /// Words that may follow.
    words: Vec<(&'static str, &'static str)>,
}

/// The script for a shell, one of [`SHELLS`].
pub(crate) fn script(shell: &str) -> String {
    let commands = commands();
    match shell {
        "bash" => bash(&commands),
        "zsh" => zsh(&commands),
        _ => fish(&commands),
    }
}

fn commands() -> Vec<Command> {
    entries(help::LANDFALL, "Commands:")
        .into_iter()
        .map(|(name, about)| {
            let text = help::of(name).unwrap_or_default();
            Command {
                name,
                about,
                options: options(text),
                words: words(name, text),
            }
        })
        .collect()
}

fn words(name: &str, text: &'static str) -> Vec<(&'static str, &'static str)> {
    match name {
        "completions" => SHELLS.map(|shell| (shell, "")).to_vec(),
        _ => entries(text, "Kinds:"),
    }
}

/// The lines below a heading: their first word, and what follows the gap behind it.
fn entries(text: &'static str, heading: &str) -> Vec<(&'static str, &'static str)> {
    let lines = text.lines().skip_while(|line| *line != heading).skip(1);
    lines
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| {
            let line = line.trim_start();
            let (words, about) = line.split_once("  ").unwrap_or((line, ""));
            let word = words.split(' ').next().unwrap_or(words);
            (word, about.trim())
        })
        .collect()
}

/// Every `--option` of a text, with what it is about.
fn options(text: &'static str) -> Vec<(&'static str, &'static str)> {
    let lines = text
        .lines()
        .filter(|line| line.trim_start().starts_with('-'));
    lines
        .filter_map(|line| {
            let (_, rest) = line.split_at(line.find("--")?);
            let end = rest.find([' ', ',']).unwrap_or(rest.len());
            let about = rest.split_once("  ").map_or("", |(_, about)| about.trim());
            Some((&rest[..end], about))
        })
        .collect()
}

fn bash(commands: &[Command]) -> String {
    let names: Vec<_> = commands.iter().map(|command| command.name).collect();
    let mut cases = String::new();
    for command in commands {
        let all = command.options.iter().chain(&command.words);
        let all: Vec<_> = all.map(|(word, _)| *word).collect();
        cases += &format!("        {}) words='{}' ;;\n", command.name, all.join(" "));
    }
    format!(
        "# bash: source <(landfall completions bash)
_landfall() {{
    local words current=${{COMP_WORDS[COMP_CWORD]}}
    COMPREPLY=()
    if [ \"$COMP_CWORD\" -eq 1 ]; then
        COMPREPLY=($(compgen -W '{} --help --version' -- \"$current\"))
        return
    fi
    case ${{COMP_WORDS[1]}} in
{cases}        *) return ;;
    esac
    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))
}}
complete -o default -F _landfall landfall
",
        names.join(" ")
    )
}

fn zsh(commands: &[Command]) -> String {
    let described =
        |(word, about): &(&str, &str)| format!(" '{}:{}'", word, about.replace('\'', "'\\''"));
    let names: String = commands
        .iter()
        .map(|command| described(&(command.name, command.about)))
        .collect();
    let mut cases = String::new();
    for command in commands {
        let all = command.options.iter().chain(&command.words);
        let all: String = all.map(described).collect();
        cases += &format!("        {}) words_of=({all} ) ;;\n", command.name);
    }
    format!(
        "#compdef landfall
# zsh: landfall completions zsh > ~/.zfunc/_landfall, with ~/.zfunc in fpath before compinit
_landfall() {{
    local -a words_of
    if (( CURRENT == 2 )); then
        words_of=({names} )
        _describe command words_of
        return
    fi
    case $words[2] in
{cases}    esac
    _describe argument words_of
    _files
}}
if [ \"$funcstack[1]\" = _landfall ]; then _landfall \"$@\"; else compdef _landfall landfall; fi
"
    )
}

fn fish(commands: &[Command]) -> String {
    let quoted = |about: &str| about.replace('\\', "\\\\").replace('\'', "\\'");
    let mut script =
        "# fish: landfall completions fish > ~/.config/fish/completions/landfall.fish\n".to_owned();
    for command in commands {
        script += &format!(
            "complete -c landfall -n __fish_use_subcommand -a {} -d '{}'\n",
            command.name,
            quoted(command.about)
        );
    }
    for command in commands {
        let when = format!("-n '__fish_seen_subcommand_from {}'", command.name);
        let text = help::of(command.name).unwrap_or_default();
        for (option, about) in &command.options {
            let takes_folder = text.contains(&format!("{option} DIR"));
            let files = if takes_folder { " -r -F" } else { "" };
            let option = option.trim_start_matches('-');
            script += &format!(
                "complete -c landfall {when}{files} -l {option} -d '{}'\n",
                quoted(about)
            );
        }
        // Where one of a few words follows, no file does.
        for (word, about) in &command.words {
            script += &format!(
                "complete -c landfall {when} -f -a {word} -d '{}'\n",
                quoted(about)
            );
        }
    }
    script
}
