//! A progress bar, shown if the output is a terminal.

use std::{
    io::{IsTerminal, Write, stderr},
    sync::Mutex,
};

use landfall_assets::Progress;

const WIDTH: usize = 30;

/// A line on the terminal that is overwritten.
pub(crate) struct Bar {
    visible: bool,
    /// The filled part of the bar and the number of finished files, when the line was last written.
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
        // Threads may report in another order than that in which they have finished.
        if done <= shown.1 || (full == shown.0 && done < total) {
            return;
        }
        *shown = (full, done);
        let mut terminal = stderr().lock();
        // The work goes on if the terminal is gone.
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
