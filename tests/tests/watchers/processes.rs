//! Programs as watchers, beside a server in a process of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(30);

/// A server with these watchers in its configuration file, until it is dropped.
struct Server {
    process: Child,
    lines: Receiver<String>,
    place: PathBuf,
}

impl Server {
    fn start(name: &str, watchers: &str) -> Self {
        let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("watchers-{name}"));
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(&place).unwrap();
        let file = place.join("landfall.toml");
        fs::write(&file, format!("[watchers]\n{watchers}")).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_moored"))
            .env("LANDFALL_CONFIG", &file)
            .current_dir(&place)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = read(process.stdout.take().unwrap());
        Server {
            process,
            lines,
            place,
        }
    }

    /// The next line of a watcher.
    fn line(&self) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).expect("a line");
            if line.starts_with('[') {
                return line;
            }
        }
    }

    fn signal(&self, signal: &str) {
        let process = self.process.id().to_string();
        let status = Command::new("kill").args([signal, &process]).status();
        assert!(status.unwrap().success());
    }

    fn end(&mut self) -> Option<i32> {
        let began = Instant::now();
        loop {
            match self.process.try_wait().unwrap() {
                Some(status) => return status.code(),
                None => assert!(began.elapsed() < PATIENCE, "it goes on"),
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// All lines, as they come.
fn read(from: ChildStdout) -> Receiver<String> {
    let (send, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    lines
}

/// Waits until this many processes have written their numbers.
fn processes(place: &Path, count: usize) -> Vec<u32> {
    let began = Instant::now();
    loop {
        let text = fs::read_to_string(place.join("processes")).unwrap_or_default();
        let found: Vec<u32> = text.lines().filter_map(|line| line.parse().ok()).collect();
        if found.len() == count {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{text}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a process runs: one that nobody has waited for yet does not.
fn runs(process: u32) -> bool {
    let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = state.rsplit_once(") ").map_or("", |(_, rest)| rest);
    !state.is_empty() && !state.starts_with('Z')
}

fn gone(all: &[u32]) {
    let began = Instant::now();
    while let Some(left) = all.iter().find(|process| runs(**process)) {
        assert!(began.elapsed() < PATIENCE, "{left} of {all:?} is left");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// It ignores SIGTERM and the end of its input, as do its child and its child's child.
const STUBBORN: &str = r#"stubborn = { command = "sh", args = ["-c", '''
trap "" TERM
echo $$ >> processes
sh -c 'echo $$ >> processes; sh -c "echo \$\$ >> processes; while :; do sleep 1; done" & while :; do sleep 1; done' &
while :; do sleep 1; done
'''] }"#;

#[test]
fn lines_of_both_outputs_have_the_name_in_front() {
    let server = Server::start(
        "lines",
        r#"
        sh = ["-c", "echo one; echo two >&2; printf 'no end'"]
        second = { command = "sh", args = ["-c", "echo $PWD $WORD ${HOME-none}"], cd = "/tmp", env = { WORD = "word", HOME = false } }
        absent = false
        "#,
    );
    let mut lines: Vec<_> = (0..4).map(|_| server.line()).collect();
    lines.sort_by_key(|line| line.starts_with("[sh]"));
    let all = [
        "[second] /tmp word none",
        "[sh] one",
        "[sh] two",
        "[sh] no end",
    ];
    assert_eq!(lines, all);
}

#[test]
fn a_line_without_an_end_is_written_in_pieces() {
    let server = Server::start(
        "long",
        r#"sh = ["-c", "head -c 20000 /dev/zero | tr '\\000' x"]"#,
    );
    let pieces: Vec<_> = (0..3)
        .map(|_| server.line().len() - "[sh] ".len())
        .collect();
    assert_eq!(pieces, [8192, 8192, 20_000 - 2 * 8192]);
}

#[test]
fn a_failure_is_started_again_in_two_seconds_and_success_is_not() {
    let server = Server::start(
        "again",
        r#"
        sh = ["-c", "date +%s%N; exit 3"]
        once = { command = "sh", args = ["-c", "echo once"] }
        "#,
    );
    let mut lines: Vec<_> = (0..4).map(|_| server.line()).collect();
    assert!(lines.iter().any(|line| line == "[once] once"), "{lines:?}");
    lines.retain(|line| line != "[once] once");
    assert_eq!(lines.len(), 3, "`once` ran again");
    let time = |line: &String| line.trim_start_matches("[sh] ").parse::<u64>().unwrap();
    for pair in lines.windows(2) {
        let pause = Duration::from_nanos(time(&pair[1]) - time(&pair[0]));
        assert!(pause >= Duration::from_secs(2), "{pause:?}");
    }
}

/// A well-behaved program ends when its input does, and needs no signal.
#[test]
fn the_input_of_a_watcher_ends_at_the_stop() {
    let mut server = Server::start(
        "input",
        r#"sh = ["-c", "echo ready; cat; echo ended > ended; exit 0"]"#,
    );
    assert_eq!(server.line(), "[sh] ready");
    server.signal("-TERM");
    assert_eq!(server.end(), Some(0));
    let began = Instant::now();
    while !server.place.join("ended").exists() {
        assert!(began.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn who_ignores_signals_is_killed_with_all_children_at_the_stop() {
    let mut server = Server::start("stop", STUBBORN);
    let all = processes(&server.place, 3);
    assert!(all.iter().all(|process| runs(*process)));
    server.signal("-TERM");
    assert_eq!(server.end(), Some(0));
    // The stop has waited for it.
    assert!(!runs(all[0]), "{all:?}");
    gone(&all);
}

#[test]
fn nothing_is_left_when_the_server_is_killed() {
    let mut server = Server::start("killed", STUBBORN);
    let all = processes(&server.place, 3);
    server.signal("-KILL");
    assert_eq!(server.end(), None);
    gone(&all);
}

/// Children that a watcher leaves behind end with it.
#[test]
fn children_end_with_their_watcher() {
    let server = Server::start(
        "left",
        r#"sh = ["-c", "sh -c 'echo $$ >> processes; while :; do sleep 1; done' & while [ ! -s processes ]; do sleep 0.01; done; echo done"]"#,
    );
    assert_eq!(server.line(), "[sh] done");
    gone(&processes(&server.place, 1));
}
