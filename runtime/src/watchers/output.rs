//! What a program writes, line by line, with its name in front.

use std::io::{self, IsTerminal, Write};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// The maximum length of a line in bytes. A longer one is written in pieces.
const LONGEST: usize = 8 * 1024;

/// Colours of a terminal, by number: those that can be read on black and on white.
const COLOURS: [u8; 6] = [36, 35, 34, 33, 32, 31];

/// Copies all lines to our standard output, until the end. If nobody reads that, the program waits.
pub(super) async fn copy(name: String, index: usize, from: impl AsyncRead + Unpin) {
    let prefix = prefix(&name, index, is_coloured());
    let mut from = BufReader::with_capacity(LONGEST, from);
    let mut line = prefix.clone();
    loop {
        let Ok(read) = from.fill_buf().await else {
            return;
        };
        let room = LONGEST + prefix.len() - line.len();
        let some = read.get(..room.min(read.len())).unwrap_or(read);
        let ends = some.iter().position(|byte| *byte == b'\n');
        let taken = ends.map_or(some.len(), |end| end + 1);
        line.extend_from_slice(some.get(..taken).unwrap_or(some));
        from.consume(taken);
        let is_last = taken == 0;
        let is_full = line.len() >= LONGEST + prefix.len();
        if ends.is_some() || is_full || (is_last && line.len() > prefix.len()) {
            if ends.is_none() {
                line.push(b'\n');
            }
            let whole = std::mem::replace(&mut line, prefix.clone());
            // Who reads our output may be slow.
            let written =
                tokio::task::spawn_blocking(move || io::stdout().lock().write_all(&whole));
            let _ = written.await;
        }
        if is_last {
            return;
        }
    }
}

fn is_coloured() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
}

fn prefix(name: &str, index: usize, is_coloured: bool) -> Vec<u8> {
    match COLOURS.get(index % COLOURS.len()) {
        Some(colour) if is_coloured => format!("\x1b[{colour}m[{name}]\x1b[0m ").into_bytes(),
        _ => format!("[{name}] ").into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_coloured_in_turn() {
        let text = |index, is_coloured| {
            String::from_utf8(prefix("node", index, is_coloured)).expect("text")
        };
        assert_eq!(text(0, false), "[node] ");
        assert_eq!(text(1, true), "\x1b[35m[node]\x1b[0m ");
        assert_eq!(text(COLOURS.len(), true), text(0, true));
    }
}
