//! `landfall dev`: through a change, a mistake and back.

#![cfg(unix)]

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    thread::{self, sleep},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(120);

/// A program that answers with a word, and whose socket is handed over.
fn program(word: &str) -> String {
    format!(
        r#"
use std::{{io::{{Read, Write}}, net::TcpListener, os::fd::FromRawFd}};

fn main() {{
    assert_eq!(std::env::var("LISTEN_PID").unwrap(), std::process::id().to_string());
    assert_eq!(std::env::args().nth(1).as_deref(), Some("--given"));
    let listener = unsafe {{ TcpListener::from_raw_fd(3) }};
    let port = listener.local_addr().unwrap().port();
    assert_eq!(std::env::var("PORT").unwrap(), port.to_string());
    listener.set_nonblocking(false).unwrap();
    loop {{
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{word}");
    }}
}}
"#
    )
}

/// `landfall dev` in a project of the test's own, until it is dropped.
struct Dev {
    process: Child,
    place: PathBuf,
    port: u16,
}

impl Dev {
    fn start() -> Self {
        let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("dev");
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(place.join("src")).expect("a directory");
        let manifest =
            "[package]\nname = \"word\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
        fs::write(place.join("Cargo.toml"), manifest).expect("a manifest");
        write(&place, &program("one"));
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let process = Command::new(env!("CARGO_BIN_EXE_landfall"))
            .args(["dev", "--port", &port.to_string(), "--", "--given"])
            .current_dir(&place)
            .env("CARGO", env!("CARGO"))
            .env_remove("CARGO_TARGET_DIR")
            .stdin(Stdio::null())
            .spawn()
            .expect("it starts");
        Dev {
            process,
            place,
            port,
        }
    }

    fn ask(&self, method: &str) -> String {
        let mut answer = String::new();
        let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) else {
            return answer;
        };
        let _ = stream.set_read_timeout(Some(PATIENCE));
        let _ = write!(stream, "{method} / HTTP/1.1\r\nhost: localhost\r\n\r\n");
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    /// Waits for an answer with this text.
    fn until(&self, text: &str) -> String {
        let began = Instant::now();
        loop {
            let answer = self.ask("GET");
            if answer.contains(text) {
                return answer;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "waited in vain for {text}: {answer}"
            );
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn write(place: &Path, text: &str) {
    fs::write(place.join("src/main.rs"), text).expect("a source");
}

/// Whether anything listens there.
fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[test]
fn a_program_is_replaced_through_a_mistake_and_back() {
    let mut dev = Dev::start();
    dev.until("\r\n\r\none");

    // All the while, nobody is refused.
    let (port, ended, refused) = (
        dev.port,
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let (end, count) = (ended.clone(), refused.clone());
    let knocks = thread::spawn(move || {
        while !end.load(Relaxed) {
            count.fetch_add(usize::from(!listens(port)), Relaxed);
            sleep(Duration::from_millis(20));
        }
    });
    write(&dev.place, &program("two"));
    dev.until("\r\n\r\ntwo");

    write(&dev.place, "fn main() { let wrong: Option<&str> = 1; }");
    let page = dev.until("It does not compile");
    assert!(page.starts_with("HTTP/1.1 500 "), "{page}");
    assert!(
        page.contains("mismatched types") && page.contains("Option&lt;&amp;str&gt;"),
        "{page}"
    );
    let head = dev.ask("HEAD");
    assert!(
        head.contains("\r\nlandfall-dev: ") && head.ends_with("\r\n\r\n"),
        "{head}"
    );

    write(&dev.place, &program("three"));
    dev.until("\r\n\r\nthree");
    ended.store(true, Relaxed);
    knocks.join().expect("it ends");
    assert_eq!(refused.load(Relaxed), 0);

    // A program that ends is told of.
    write(&dev.place, "fn main() { std::process::exit(7) }");
    dev.until("The program has ended with exit status: 7");
    write(&dev.place, &program("four"));
    dev.until("\r\n\r\nfour");

    dev.process.kill().expect("it is there");
    dev.process.wait().expect("it ends");
    let began = Instant::now();
    while listens(port) {
        assert!(began.elapsed() < PATIENCE, "the program is left");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let run = |arguments: &[&str], variable: &str| {
        let mut dev = Command::new(env!("CARGO_BIN_EXE_landfall"));
        dev.arg("dev").args(arguments).env("PORT", variable);
        dev.output().expect("it runs")
    };
    for output in [run(&["--port", &port], "1"), run(&[], &port)] {
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            said.starts_with(&format!("error: cannot listen on 127.0.0.1:{port}: ")),
            "{said}"
        );
    }
    let output = run(&[], "harbour");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: `PORT` is \"harbour\"; help: a port is a number up to 65535\n"
    );
}
