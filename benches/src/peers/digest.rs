//! The cost of a digest of 2,000 files, beside gzip at the same level.
//!
//! gzip reads each file once. A digest writes a copy under a name with its digest too, and its
//! compressed sibling: it compresses each of them. So gzip is measured with the same files twice.

use std::{
    fs, iter,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use landfall::assets::{Digester, Encoding};

use crate::{
    Result,
    folder::Folder,
    peers::table::{ROUNDS, medians, row, title},
};

const NAMES: [&str; 4] = ["s wall", "s CPU", "MiB of all files", "MiB compressed"];
const ROWS: [&str; 3] = ["gzip -9", "digest", "digest, one thread"];

pub(crate) fn compare() -> Result<()> {
    title(&NAMES);
    let mut seen = ROWS.map(|_| Vec::new());
    for round in 1..=ROUNDS {
        for (name, seen) in ROWS.iter().zip(&mut seen) {
            let folder = Folder::new("digest")?;
            let input = folder.path().join("static");
            let bytes = plant(&input)?;
            let command = match *name {
                "gzip -9" => gzip(&input)?,
                name => once(&input, name)?,
            };
            let [wall, cpu] = timed(command)?;
            let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
            let figures = [wall, cpu, mib(bytes), mib(compressed(&input)?)];
            row(name, figures, &format!("round {round}"));
            seen.push(figures);
        }
    }
    for (name, seen) in ROWS.iter().zip(seen) {
        row(name, medians(&seen), "median");
    }
    twice()
}

/// A run of the digester, in a process of its own: `digest-once DIRECTORY ROW`.
pub(crate) fn run_once(directory: &str, name: &str) -> Result<()> {
    let digester = Digester::new(directory).encodings([Encoding::Gzip]);
    let digester = match name {
        "digest, one thread" => digester.threads(NonZeroUsize::MIN),
        _ => digester,
    };
    digester.run()?;
    Ok(())
}

fn once(input: &Path, name: &str) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("digest-once").arg(input).arg(name);
    Ok(command)
}

/// gzip of what a digest compresses: each file, and its copy.
fn gzip(input: &Path) -> Result<Command> {
    let mut command = Command::new("gzip");
    command.args(["-9", "-k", "-q"]);
    for file in files(input)? {
        let is_text = file.extension().is_some_and(|extension| {
            ["js", "css", "map", "svg"]
                .iter()
                .any(|own| extension == *own)
        });
        if is_text {
            let copy = file.with_file_name(format!(
                "copy-{}",
                file.file_name().unwrap_or_default().display()
            ));
            fs::copy(&file, &copy)?;
            command.args([file, copy]);
        }
    }
    Ok(command)
}

/// The bytes of all siblings.
fn compressed(input: &Path) -> Result<u64> {
    let siblings = files(input)?.into_iter();
    let mut siblings = siblings.filter(|file| file.extension().is_some_and(|own| own == "gz"));
    siblings.try_fold(0, |sum, file| Ok(sum + fs::metadata(file)?.len()))
}

/// The seconds of a command: by the clock, and of all processors.
fn timed(command: Command) -> Result<[f64; 2]> {
    // The shell tells the CPU time of what it has waited for.
    let mut shell = Command::new("sh");
    shell.args(["-c", "\"$@\" && times", "sh"]);
    shell.arg(command.get_program()).args(command.get_args());
    let began = Instant::now();
    let output = shell.output()?;
    let wall = began.elapsed().as_secs_f64();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let told = String::from_utf8(output.stdout)?;
    let children = told.lines().last().ok_or("no times")?;
    let seconds = |text: &str| -> Result<f64> {
        let (minutes, seconds) = text.split_once('m').ok_or("no minutes")?;
        Ok(minutes.parse::<f64>()? * 60.0 + seconds.trim_end_matches('s').parse::<f64>()?)
    };
    let cpu = children.split(' ').map(seconds).sum::<Result<f64>>()?;
    Ok([wall, cpu])
}

/// Digests the same files twice, and compares every byte.
fn twice() -> Result<()> {
    let [first, second] = ["digest-1", "digest-2"].map(Folder::new);
    let (first, second) = (first?, second?);
    for folder in [&first, &second] {
        plant(folder.path())?;
        let mut command = once(folder.path(), "digest")?;
        if !command
            .env("SOURCE_DATE_EPOCH", "1700000000")
            .status()?
            .success()
        {
            return Err("a digest failed".into());
        }
    }
    let (ours, theirs) = (files(first.path())?, files(second.path())?);
    let names = |files: &[PathBuf], folder: &Folder| -> Result<Vec<PathBuf>> {
        let names = files.iter().map(|file| file.strip_prefix(folder.path()));
        Ok(names
            .map(|name| name.map(Path::to_owned))
            .collect::<std::result::Result<_, _>>()?)
    };
    if names(&ours, &first)? != names(&theirs, &second)? {
        return Err("two digests wrote other files".into());
    }
    for (ours, theirs) in ours.iter().zip(&theirs) {
        if fs::read(ours)? != fs::read(theirs)? {
            return Err(format!("two digests differ: {}", ours.display()).into());
        }
    }
    println!(
        "\n{} files, byte for byte the same in two digests",
        ours.len()
    );
    Ok(())
}

/// All files below a directory, in order.
fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let (mut found, mut left) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            match path.is_dir() {
                true => left.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Files as a bundler leaves them: 800 scripts with their maps, 200 stylesheets that name images,
/// and 200 images. Returns their bytes.
fn plant(directory: &Path) -> Result<u64> {
    let mut total = 0;
    let mut write = |name: String, content: &[u8]| -> Result<()> {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        total += content.len() as u64;
        Ok(fs::write(path, content)?)
    };
    for n in 0..800 {
        let words = prose(n);
        let script = format!("{words}//# sourceMappingURL=chunk-{n}.js.map\n");
        write(format!("js/chunk-{n}.js"), script.as_bytes())?;
        let map = format!(
            "{{\"version\":3,\"sourcesContent\":[{words:?}],\"mappings\":\"{}\"}}",
            mappings(n)
        );
        write(format!("js/chunk-{n}.js.map"), map.as_bytes())?;
    }
    for n in 0..200 {
        let rules: String = (0..60)
            .map(|rule| {
                format!(
                    ".c{n}-{rule}{{background:url(../images/i-{}.png);margin:{rule}px}}\n",
                    (n + rule) % 200
                )
            })
            .collect();
        write(format!("css/page-{n}.css"), rules.as_bytes())?;
        let image: Vec<u8> = numbers(n)
            .take(8 * 1024)
            .map(|number| number as u8)
            .collect();
        write(format!("images/i-{n}.png"), &image)?;
    }
    Ok(total)
}

/// Numbers without a pattern, the same for the same seed.
fn numbers(seed: usize) -> impl Iterator<Item = usize> {
    let mut state = seed as u64 ^ 0x9e37_79b9_7f4a_7c15;
    iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    })
}

/// About 20 KiB of what a minifier leaves.
fn prose(seed: usize) -> String {
    const WORDS: [&str; 16] = [
        "function",
        "return",
        "const ",
        "=>{",
        "});",
        "this.",
        "await ",
        "if(",
        "null",
        ".push(",
        "Object.assign(",
        "export{",
        "===",
        "new Map",
        "throw Error(",
        ".length",
    ];
    let mut numbers = numbers(seed);
    let mut text = String::new();
    while text.len() < 20 * 1024 {
        let number = numbers.next().unwrap_or_default();
        text += WORDS[number % WORDS.len()];
        text += &format!("{:x}", number / 16 % 4096);
    }
    text.push('\n');
    text
}

/// About 8 KiB of a source map's own digits.
fn mappings(seed: usize) -> String {
    const DIGITS: &[u8] = b"ACEGIKMOQSUWYcegikmoqs,;";
    numbers(seed)
        .take(8 * 1024)
        .map(|number| char::from(DIGITS[number % DIGITS.len()]))
        .collect()
}
