//! A bar that shows how far the work has come, where somebody looks.

use std::{
    io::{IsTerminal, Write, stderr},
    sync::Mutex,
};

use landfall_assets::Progress;

const WIDTH: usize = 30;

/// A line on the terminal that is written again and again.
pub(crate) struct Bar {
    visible: bool,
    /// Parts of the bar that are full, and files that are done, when it was last written.
    shown: Mutex<(usize, usize)>,
}

impl Bar {
    pub(crate) fn new(quiet: bool) -> Self {
        Bar {
            visible: !quiet && stderr().is_terminal(),
            shown: Mutex::new((0, 0)),
        }
    }

    /// Writes the line, if it has changed.
    pub(crate) fn show(&self, progress: Progress) {
        let Progress { done, total, .. } = progress;
        let full = done * WIDTH / total.max(1);
        let Some(mut shown) = self.visible.then(|| self.shown.lock().ok()).flatten() else {
            return;
        };
        // Threads may come in another order than they have finished in.
        if done <= shown.1 || (full == shown.0 && done < total) {
            return;
        }
        *shown = (full, done);
        let mut terminal = stderr().lock();
        // A terminal that is gone is no reason to stop.
        let _ = write!(
            terminal,
            "\r[{}{}] {done}/{total}",
            "#".repeat(full),
            " ".repeat(WIDTH - full)
        );
        if done == total {
            let _ = writeln!(terminal);
        }
    }
}
