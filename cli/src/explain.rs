//! `landfall explain`: entries of the reference of directives and keys.

/// Written by a test of the macros.
const REFERENCE: &str = include_str!("reference.md");

/// An entry: its name, and the text under its heading.
struct Entry {
    name: &'static str,
    text: &'static str,
}

/// The entries of a name, or the list of all names.
///
/// # Errors
/// There is no such name: says which ones are like it.
pub(crate) fn run(name: Option<&str>) -> Result<String, String> {
    let Some(name) = name else {
        return Ok(entries().map(|entry| format!("{}\n", entry.name)).collect());
    };
    let name = name.trim_matches(['[', ']']);
    let ends = format!(".{name}");
    let exact: Vec<Entry> = entries().filter(|entry| entry.name == name).collect();
    let found = match exact.is_empty() {
        false => exact,
        true => entries()
            .filter(|entry| entry.name.ends_with(&ends))
            .collect(),
    };
    if found.is_empty() {
        let near = near(name);
        let mut error = format!("nothing is called `{name}`");
        error += &match near.is_empty() {
            true => "; help: `landfall explain` lists all names".to_owned(),
            false => format!("; help: there is `{}`", near.join("`, `")),
        };
        return Err(error);
    }
    Ok(found
        .iter()
        .map(|entry| format!("{}\n\n{}\n", entry.name, plain(entry.text)))
        .collect::<Vec<_>>()
        .join("\n"))
}

/// Names with the same end, or else with this word in them.
fn near(name: &str) -> Vec<&'static str> {
    let word = name.rsplit('.').next().unwrap_or(name);
    let of = |is_near: &dyn Fn(&str) -> bool| -> Vec<&'static str> {
        let names = entries().map(|entry| entry.name);
        names.filter(|known| is_near(known)).take(5).collect()
    };
    let same_end = of(&|known| known.rsplit('.').next() == Some(word));
    match same_end.is_empty() {
        true => of(&|known| known.contains(word)),
        false => same_end,
    }
}

fn entries() -> impl Iterator<Item = Entry> {
    REFERENCE.split("\n## `").skip(1).filter_map(|entry| {
        let (name, text) = entry.split_once("`\n")?;
        Some(Entry {
            name,
            text: text.trim(),
        })
    })
}

/// Examples are set in, in place of fences.
fn plain(text: &str) -> String {
    let mut within = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            within = !within;
        } else if within && !line.is_empty() {
            lines.push(format!("    {line}"));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}
