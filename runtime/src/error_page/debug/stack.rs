//! The application's part of a backtrace, parsed from its text: the standard library has no stable
//! way to its frames.

use super::source::Excerpt;

/// Frames that are looked at.
const FRAMES: usize = 200;
/// Frames that are shown.
const SHOWN: usize = 16;

/// A frame of the stack.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) function: String,
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) excerpt: Option<Excerpt>,
}

/// The frames whose source is the application's, the innermost first.
pub(super) fn frames(backtrace: &str) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut function = None;
    for line in backtrace.lines().map(str::trim).take(2 * FRAMES) {
        if let Some(place) = line.strip_prefix("at ") {
            frames.extend(function.take().and_then(|name| frame(name, place)));
        } else if let Some((number, name)) = line.split_once(": ")
            && number.bytes().all(|byte| byte.is_ascii_digit())
        {
            function = Some(name);
        }
    }
    frames.truncate(SHOWN);
    frames
}

/// `None` for a frame of a library, of the system, or of Landfall.
fn frame(function: &str, place: &str) -> Option<Frame> {
    const LIBRARIES: [&str; 4] = ["/rustc/", "/.cargo/", "/registry/src/", "/rustlib/"];
    let (rest, _column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    let of_a_library = LIBRARIES.iter().any(|library| file.contains(library));
    if of_a_library || !file.ends_with(".rs") || is_own(function, file) {
        return None;
    }
    let line = line.parse().ok()?;
    Some(Frame {
        function: function.to_owned(),
        file: file.trim_start_matches("./").to_owned(),
        line,
        excerpt: Excerpt::of(file, line),
    })
}

/// Whether it is code of Landfall, in whichever directory it was compiled.
fn is_own(function: &str, file: &str) -> bool {
    const NAMES: [&str; 2] = ["landfall::", "<landfall::"];
    let folder = file!().strip_suffix("error_page/debug/stack.rs");
    let in_folder = folder.is_some_and(|folder| {
        let (before, _) = file.split_once(folder).unwrap_or(("no", ""));
        matches!(before, "" | "./") || before.ends_with('/')
    });
    in_folder || NAMES.iter().any(|name| function.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_applications_frames_are_kept() {
        let text = "   0: std::panicking::begin_panic_handler\n             \
            at /rustc/abc/library/std/src/panicking.rs:697:5\n   \
            1: app::pages::show\n             at ./src/pages.rs:12:9\n   \
            2: tokio::runtime::task\n             \
            at /home/me/.cargo/registry/src/tokio-1/src/task.rs:3:1\n   \
            3: landfall::contain::call\n             \
            at /elsewhere/contain.rs:3:1\n   \
            4: {closure#0}\n             \
            at OWN:3:1\n   \
            5: {closure#0}\n             \
            at ./OWN:3:1\n   \
            6: {closure#0}\n             \
            at /home/me/OWN:3:1\n   \
            7: start_thread\n             \
            at ./nptl/pthread_create.c:442:8\n   8: main\n";
        let frames = frames(&text.replace("OWN", file!()));
        let shown: Vec<_> = frames
            .iter()
            .map(|frame| (&*frame.function, &*frame.file, frame.line))
            .collect();
        assert_eq!(shown, [("app::pages::show", "src/pages.rs", 12)]);
    }
}
