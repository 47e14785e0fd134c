//! The page with errors.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

/// The maximum of connections that are answered at a time. Others wait.
const TOGETHER: usize = 64;

/// The maximum of a request that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// How long a browser may take for its request.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks until somebody else answers, and loads the page anew then. While a build runs, nobody
/// answers.
const SCRIPT: &str = "\
const ask = async () => {
  try {
    const answer = await fetch(location, { method: 'HEAD', cache: 'no-store' });
    const build = answer.headers.get('landfall-dev');
    if (build !== document.documentElement.dataset.build) return location.reload();
  } catch {}
  setTimeout(ask, 500);
};
setTimeout(ask, 500);
";

const STYLE: &str = "\
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem }
h1 { color: light-dark(#a40000, #ff8080); font-size: 1.4rem }
pre { background: light-dark(#f4f4f4, #1e1e1e); border-radius: .5rem; font: 13px/1.5 ui-monospace, monospace;
  overflow-x: auto; padding: 1rem }
";

/// Why there is no program.
pub(super) struct Failure {
    response: Arc<[u8]>,
    /// The same without its page.
    head: Arc<[u8]>,
    open: Arc<AtomicUsize>,
}

impl Failure {
    pub(super) fn new(title: &str, text: String) -> Self {
        let build = std::time::UNIX_EPOCH
            .elapsed()
            .unwrap_or_default()
            .as_nanos();
        let page = format!(
            "<!DOCTYPE html>\n<html data-build=\"{build}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
             <style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n<pre>{text}</pre>\n\
             <p>This page is loaded anew when that has changed.</p>\n<script>{SCRIPT}</script></body></html>\n",
            text = escaped(&text),
        );
        let head = format!(
            "HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/html; charset=utf-8\r\n\
             content-length: {}\r\ncache-control: no-store\r\nlandfall-dev: {build}\r\nconnection: close\r\n\r\n",
            page.len()
        );
        Failure {
            response: format!("{head}{page}").into_bytes().into(),
            head: head.into_bytes().into(),
            open: Arc::default(),
        }
    }

    /// Answers who waits.
    pub(super) fn answer(&self, socket: &TcpListener) {
        // It is shared with a program, which may have set it otherwise.
        if socket.set_nonblocking(true).is_err() {
            return;
        }
        while self.open.load(Relaxed) < TOGETHER {
            let Ok((stream, _)) = socket.accept() else {
                return;
            };
            let (response, head, open) =
                (self.response.clone(), self.head.clone(), self.open.clone());
            open.fetch_add(1, Relaxed);
            thread::spawn(move || {
                let _ = answer_one(stream, &response, &head);
                open.fetch_sub(1, Relaxed);
            });
        }
    }
}

fn answer_one(mut stream: TcpStream, response: &[u8], head: &[u8]) -> std::io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let (mut request, mut piece) = (Vec::new(), [0; 4096]);
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < LONGEST {
        let read = stream.read(&mut piece)?;
        if read == 0 {
            return Ok(());
        }
        request.extend_from_slice(piece.get(..read).unwrap_or_default());
    }
    let is_head = request.starts_with(b"HEAD ");
    stream.write_all(if is_head { head } else { response })?;
    stream.shutdown(std::net::Shutdown::Write)?;
    // A body that is not read would have the connection reset before the page is.
    let mut rest = 0;
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        rest += read;
        if rest > LONGEST {
            break;
        }
    }
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
