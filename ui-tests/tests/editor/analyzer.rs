//! rust-analyzer as an editor drives it: a process that speaks the Language Server Protocol.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// How long one answer may take. The first one waits until the project's dependencies are built.
const PATIENCE: Duration = Duration::from_secs(600);

/// Where the cursor stands in a text.
pub(crate) const CURSOR: char = '‸';

/// The answer of a server whose state changed meanwhile: ask again.
const CONTENT_MODIFIED: i64 = -32801;

/// A project of one file, and rust-analyzer that looks at it.
pub(crate) struct Analyzer {
    server: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    uri: String,
    version: u64,
    requests: u64,
}

/// A place where something is defined.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) file: PathBuf,
    /// The line as it is written there, without spaces around it.
    pub(crate) line: String,
}

impl Analyzer {
    /// Writes the project and waits until the server knows all of it.
    pub(crate) fn start(manifest: &str, source: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editor");
        fs::create_dir_all(root.join("src")).expect("a folder");
        fs::write(root.join("Cargo.toml"), manifest).expect("a manifest");
        fs::write(root.join("src/main.rs"), source).expect("a source");
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock")).expect("a lock file");
        let mut server = Command::new("rust-analyzer")
            .current_dir(&root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("rust-analyzer: `rustup component add rust-analyzer rust-src` installs it");
        let input = server.stdin.take().expect("its input");
        let mut output = BufReader::new(server.stdout.take().expect("its output"));
        let (sender, messages) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let uri = format!("file://{}/src/main.rs", root.display());
        let mut analyzer = Analyzer {
            server,
            input,
            messages,
            uri,
            version: 0,
            requests: 0,
        };
        analyzer.initialize(&root);
        analyzer.show(source);
        analyzer.wait_until_quiet();
        analyzer
    }

    /// The labels of what is offered at the cursor.
    pub(crate) fn completion(&mut self, text: &str) -> Vec<String> {
        let items = self.ask_at("textDocument/completion", text);
        let items = items.get("items").cloned().unwrap_or(items);
        let label = |item: &Value| item["label"].as_str().map(str::to_owned);
        let items = items.as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().filter_map(label).collect()
    }

    /// What is shown about the token at the cursor.
    pub(crate) fn hover(&mut self, text: &str) -> String {
        let hover = self.ask_at("textDocument/hover", text);
        hover["contents"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Where the token at the cursor is defined.
    pub(crate) fn definition(&mut self, text: &str) -> Vec<Target> {
        let places = self.ask_at("textDocument/definition", text);
        let places = match places {
            Value::Array(places) => places,
            Value::Null => Vec::new(),
            place => vec![place],
        };
        places.iter().map(target).collect()
    }

    /// The messages about a text.
    pub(crate) fn diagnostics(&mut self, text: &str) -> Vec<String> {
        self.show(text);
        let document = json!({ "textDocument": { "uri": self.uri } });
        let report = self.ask("textDocument/diagnostic", &document);
        let message = |found: &Value| found["message"].as_str().map(str::to_owned);
        let found = report["items"].as_array().map(Vec::as_slice);
        found
            .unwrap_or_default()
            .iter()
            .filter_map(message)
            .collect()
    }

    fn initialize(&mut self, root: &Path) {
        let answer = self.ask(
            "initialize",
            &json!({
                "processId": null,
                "rootUri": format!("file://{}", root.display()),
                "capabilities": {
                    "experimental": { "serverStatusNotification": true },
                    "textDocument": { "hover": { "contentFormat": ["markdown"] } },
                },
                "initializationOptions": {
                    "cachePriming": { "enable": false },
                    "cargo": { "targetDir": root.join("target") },
                    "checkOnSave": false,
                    "completion": { "autoimport": { "enable": false } },
                    "files": { "watcher": "server" },
                },
            }),
        );
        assert!(answer["capabilities"].is_object(), "{answer}");
        self.tell("initialized", &json!({}));
    }

    fn wait_until_quiet(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let message = self.receive(deadline);
            let status = &message["params"];
            if message["method"] == "experimental/serverStatus" && status["quiescent"] == true {
                assert_ne!(status["health"], "error", "{status}");
                return;
            }
        }
    }

    /// Makes this the content of the file.
    fn show(&mut self, text: &str) {
        self.version += 1;
        let mut document = json!({ "uri": self.uri, "version": self.version });
        if self.version == 1 {
            document["languageId"] = json!("rust");
            document["text"] = json!(text);
            self.tell("textDocument/didOpen", &json!({ "textDocument": document }));
        } else {
            self.tell(
                "textDocument/didChange",
                &json!({ "textDocument": document, "contentChanges": [{ "text": text }] }),
            );
        }
    }

    fn ask_at(&mut self, method: &str, text: &str) -> Value {
        let (before, after) = text.split_once(CURSOR).expect("a cursor");
        self.show(&format!("{before}{after}"));
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().map_or(0, str::len);
        let place = json!({
            "textDocument": { "uri": self.uri },
            "position": { "line": line, "character": column },
        });
        self.ask(method, &place)
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.requests += 1;
            let id = self.requests;
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
            let answer = loop {
                let message = self.receive(deadline);
                if message["id"] == id && message.get("method").is_none() {
                    break message;
                }
            };
            match answer["error"]["code"].as_i64() {
                None => return answer["result"].clone(),
                Some(CONTENT_MODIFIED) => thread::sleep(Duration::from_millis(100)),
                Some(_) => panic!("{method}: {}", answer["error"]),
            }
        }
    }

    /// The next message. Requests of the server are answered on the way: nothing is configured.
    fn receive(&mut self, deadline: Instant) -> Value {
        let left = deadline.saturating_duration_since(Instant::now());
        let message = self.messages.recv_timeout(left).expect("an answer in time");
        if message.get("method").is_some() && message.get("id").is_some() {
            let items = message["params"]["items"].as_array().map_or(0, Vec::len);
            let result = match items {
                0 => Value::Null,
                count => Value::Array(vec![Value::Null; count]),
            };
            self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
        }
        message
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("a server");
        self.input.flush().expect("a server");
    }
}

impl Drop for Analyzer {
    fn drop(&mut self) {
        // It holds nothing worth an orderly end.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// One message. `None` at the end of the output.
fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut header = String::new();
        if output.read_line(&mut header).ok()? == 0 {
            return None;
        }
        match header.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

fn target(place: &Value) -> Target {
    let field = |link: &str, plain: &str| place.get(link).or(place.get(plain)).cloned();
    let uri = field("targetUri", "uri").expect("a file");
    let range = field("targetSelectionRange", "range").expect("a range");
    let file = PathBuf::from(uri.as_str().expect("text").trim_start_matches("file://"));
    let line = range["start"]["line"].as_u64().expect("a line");
    let text = fs::read_to_string(&file).expect("a source");
    let line = text.lines().nth(usize::try_from(line).expect("a line"));
    Target {
        file,
        line: line.unwrap_or_default().trim().to_owned(),
    }
}
