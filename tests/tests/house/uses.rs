//! Which file uses what of which other, by the paths in its code.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::{code, sources};

type Names = Vec<String>;

/// The files of a crate.
pub(crate) struct Crate {
    files: Vec<File>,
    /// The files of each module: several, where one stands in for another.
    modules: BTreeMap<Names, Vec<usize>>,
}

/// A file, as far as names go.
struct File {
    /// Relative to the folder of the sources.
    path: String,
    module: Names,
    imports: Vec<Import>,
    /// The code without its imports.
    body: String,
    /// All paths in it of more than one name.
    paths: BTreeSet<Names>,
}

/// One name that is imported.
struct Import {
    path: Names,
    /// The name here; `*` for all.
    name: String,
    /// Others may import it from here.
    shared: bool,
}

impl Crate {
    pub(crate) fn read(folder: &Path) -> Self {
        let mut found = Vec::new();
        sources(folder, &mut found);
        let mut files: Vec<File> = found
            .iter()
            .map(|path| {
                let relative = path.strip_prefix(folder).expect("it is below");
                File::new(&relative.to_string_lossy(), &code(path))
            })
            .collect();
        for (path, module) in stand_ins(&files) {
            let file = files.iter_mut().find(|file| file.path == path);
            file.expect("`#[path]` names a file").module = module;
        }
        let mut modules = BTreeMap::<Names, Vec<usize>>::new();
        for (index, file) in files.iter().enumerate() {
            modules.entry(file.module.clone()).or_default().push(index);
        }
        Crate { files, modules }
    }

    /// For each file, the other files of its room that it uses, with the names.
    pub(crate) fn within_rooms(&self) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
        let room = |file: &File| file.module.first().cloned();
        self.files
            .iter()
            .map(|file| {
                let mut used = BTreeMap::<_, BTreeSet<_>>::new();
                for (index, name) in self.used(file) {
                    let other = &self.files[index];
                    if other.path != file.path && room(other) == room(file) {
                        used.entry(other.path.clone()).or_default().insert(name);
                    }
                }
                (file.path.clone(), used)
            })
            .collect()
    }

    fn used(&self, file: &File) -> BTreeSet<(usize, String)> {
        let mut used = BTreeSet::new();
        let mut add = |module: &[String], path: &[String]| {
            let name = path.last().cloned().unwrap_or_default();
            used.extend(
                self.defines(module, path, 0)
                    .into_iter()
                    .map(|file| (file, name.clone())),
            );
        };
        for import in file.imports.iter().filter(|import| import.name != "*") {
            let Some(path) = self.absolute(file, &import.path) else {
                continue;
            };
            let handed_on = import.shared && path.starts_with(&file.module);
            if handed_on && !words(&file.body).any(|word| word == import.name) {
                continue;
            }
            if self.modules.contains_key(&path) {
                let behind = file.paths.iter().filter(|path| path[0] == import.name);
                behind.for_each(|below| add(&path, &below[1..]));
            } else {
                add(&[], &path);
            }
        }
        for path in &file.paths {
            if let Some(path) = self.absolute(file, path)
                && !self.modules.contains_key(&path)
            {
                add(&[], &path);
            }
        }
        used
    }

    /// A path from the crate's root; `None` for one that leads elsewhere.
    fn absolute(&self, file: &File, path: &[String]) -> Option<Names> {
        let ups = path.iter().take_while(|name| *name == "super").count();
        let (from, rest) = match path.first()?.as_str() {
            "crate" => (&[][..], &path[1..]),
            "self" => (&file.module[..], &path[1..]),
            "super" => (
                &file.module[..file.module.len().checked_sub(ups)?],
                &path[ups..],
            ),
            first => {
                self.modules
                    .get(&joined(&file.module, &[first.to_owned()]))?;
                (&file.module[..], path)
            }
        };
        Some(joined(from, rest))
    }

    /// The files that define what a path in a module names.
    fn defines(&self, module: &[String], path: &[String], depth: usize) -> Vec<usize> {
        // Names that are handed on in a circle lead nowhere.
        let (Some(files), true) = (self.modules.get(module), depth < 10) else {
            return Vec::new();
        };
        let Some((name, rest)) = path.split_first() else {
            return files.clone();
        };
        let below = joined(module, &path[..1]);
        if self.modules.contains_key(&below) {
            return self.defines(&below, rest, depth + 1);
        }
        let mut defining = Vec::new();
        for index in files {
            let file = &self.files[*index];
            let handed_on = file.imports.iter().flat_map(|import| {
                let all = import.name == "*";
                if !all && import.name != *name {
                    return Vec::new();
                }
                let Some(target) = self.absolute(file, &import.path) else {
                    return Vec::new();
                };
                let own = if all { path } else { rest };
                let mut found = self.defines(&[], &joined(&target, own), depth + 1);
                found.retain(|index| !all || self.files[*index].declares(name));
                found
            });
            let before = defining.len();
            defining.extend(handed_on);
            if defining.len() == before {
                defining.push(*index);
            }
        }
        defining
    }
}

impl File {
    fn new(path: &str, code: &str) -> Self {
        let mut module: Names = path
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if matches!(&*module[module.len() - 1], "mod" | "lib") {
            module.pop();
        }
        let (mut imports, mut body) = (Vec::new(), String::new());
        let mut lines = code.lines();
        while let Some(line) = lines.next() {
            let Some((shared, said)) = import(line) else {
                body += line;
                body.push('\n');
                continue;
            };
            let mut said = said.to_owned();
            while !said.contains(';') {
                said += lines.next().unwrap_or(";");
            }
            flatten(&[], said.trim_end_matches(';'), shared, &mut imports);
        }
        let paths = body
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'))
            .map(|path| path.split("::").map(str::to_owned).collect::<Names>())
            .filter(|path| path.len() > 1 && path.iter().all(|name| !name.is_empty()))
            .collect();
        File {
            path: path.to_owned(),
            module,
            imports,
            body,
            paths,
        }
    }

    fn declares(&self, name: &str) -> bool {
        const KINDS: [&str; 9] = [
            "struct",
            "enum",
            "union",
            "trait",
            "fn",
            "type",
            "const",
            "static",
            "macro_rules",
        ];
        let before = words(&self.body);
        before
            .zip(words(&self.body).skip(1))
            .any(|(kind, word)| word == name && KINDS.contains(&kind))
    }
}

/// What an import says behind `use`, and whether it hands on. Those of functions and inline modules
/// are no imports of the file.
fn import(line: &str) -> Option<(bool, &str)> {
    if let Some(said) = line.strip_prefix("use ") {
        return Some((false, said));
    }
    let (visible, said) = line.split_once("use ")?;
    let visible = visible.trim_end();
    let is_visible = visible == "pub" || (visible.starts_with("pub(") && visible.ends_with(')'));
    is_visible.then_some((true, said))
}

/// Takes the paths of an import apart.
fn flatten(before: &[String], said: &str, shared: bool, imports: &mut Vec<Import>) {
    let said = said.trim();
    if let Some((head, list)) = said.split_once('{') {
        let before = joined(before, &names(head));
        let list = list.trim_end().strip_suffix('}').unwrap_or(list);
        let mut depth = 0;
        let parts = list.split(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && depth == 0
        });
        parts
            .filter(|part| !part.trim().is_empty())
            .for_each(|part| flatten(&before, part, shared, imports));
        return;
    }
    let (path, name) = said
        .split_once(" as ")
        .map_or((said, None), |(path, name)| (path, Some(name)));
    let mut path = joined(before, &names(path));
    if path.len() > 1 && path[path.len() - 1] == "self" {
        path.pop();
    }
    let name = name.map_or_else(
        || path[path.len() - 1].clone(),
        |name| name.trim().to_owned(),
    );
    if name == "*" {
        path.pop();
    }
    imports.push(Import { path, name, shared });
}

/// Files whose names are not those of their modules: `#[path = ".."] mod name;`.
fn stand_ins(files: &[File]) -> Vec<(String, Names)> {
    let mut found = Vec::new();
    for file in files {
        let folder = file.path.rfind('/').map_or("", |end| &file.path[..=end]);
        for part in file.body.split("path = \"").skip(1) {
            let declared = part
                .split(';')
                .next()
                .and_then(|said| said.rsplit_once("mod "));
            if let (Some((path, _)), Some((_, name))) = (part.split_once('"'), declared) {
                let module = joined(&file.module, &[name.trim().to_owned()]);
                found.push((format!("{folder}{path}"), module));
            }
        }
    }
    found
}

fn joined(before: &[String], after: &[String]) -> Names {
    [before, after].concat()
}

/// The names of a path.
fn names(path: &str) -> Names {
    let names = path.split("::").map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
}

#[test]
fn imports_are_taken_apart() {
    let code = "pub(crate) use self::{\n    a::B,\n    c::{self, D as E},\n};\nuse super::*;\nfn f() {\n    use x::Y;\n    g::h(crate::i::J)\n}";
    let file = File::new("room/mod.rs", code);
    let imports: Vec<_> = file
        .imports
        .iter()
        .map(|import| (import.path.join("::"), &*import.name, import.shared))
        .collect();
    let expected = [
        ("self::a::B", "B", true),
        ("self::c", "c", true),
        ("self::c::D", "E", true),
        ("super", "*", false),
    ];
    assert_eq!(
        imports,
        expected.map(|(path, name, shared)| (path.to_owned(), name, shared))
    );
    let paths: Vec<_> = file.paths.iter().map(|path| path.join("::")).collect();
    assert_eq!(paths, ["crate::i::J", "g::h", "x::Y"]);
    assert_eq!(file.module, ["room"]);
}
