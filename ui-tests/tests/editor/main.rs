//! What an editor shows of a declaration, asked of rust-analyzer.

mod analyzer;

use std::{fmt::Write, path::Path};

use analyzer::Analyzer;

const PROJECT: &str = include_str!("project.rs");

fn manifest() -> String {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
    format!(
        "[package]\nname = \"editor\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         landfall = {{ path = {runtime:?} }}\ntower-layer = \"0.3\"\n\n[workspace]\n"
    )
}

/// The project with something else in one place.
fn with(written: &str, instead: &str) -> String {
    assert!(PROJECT.contains(written), "{written}");
    PROJECT.replacen(written, instead, 1)
}

/// What is typed in place of what, and some of what must be offered; nothing that is no key is.
const TYPED: &[(&str, &str, &[&str], &[&str])] = &[
    // Directives, with `;` and without.
    ("// more", "ht‸;", &["http", "https", "socket"], &["Echo"]),
    ("// more", "so‸", &["socket", "plug", "service"], &["Echo"]),
    // Keys of settings: those that are not set yet.
    (
        "host = \"example.com\"",
        "ho‸",
        &["host", "path"],
        &["port", "Echo"],
    ),
    ("port = 443", "po‸ = 443", &["port", "path"], &["host"]),
    ("port = 4000", "header_‸", &["header_timeout"], &["ip"]),
    ("// more", "force_ssl(hs‸);", &["hsts", "expires"], &[]),
    (
        "// more",
        "pubsub(redis(ur‸));",
        &["url", "cluster"],
        &["queue"],
    ),
    // The first key of a group.
    ("// more", "static_url(‸);", &["host", "path"], &["Echo"]),
    (
        "timeout = secs(45), connect_info = [uri]",
        "‸",
        &["compress", "timeout"],
        &["Echo"],
    ),
    (
        "compress = true",
        "‸",
        &["compress", "timeout"],
        &["Echo", "batch_size"],
    ),
    // The first word of a list.
    (
        "connect_info = [uri]",
        "connect_info = [‸]",
        &["uri", "peer_data"],
        &["Echo"],
    ),
    (
        "compress = true",
        "connect_info = [‸]",
        &["uri", "peer_data"],
        &["Echo"],
    ),
    // The parenthesis is still open.
    ("// more", "static_url(ho‸", &["host", "path"], &["Echo"]),
    (
        "443, scheme = \"https\");",
        "443, sch‸",
        &["scheme", "path"],
        &["port"],
    ),
    // Two of them are.
    (
        "socket(\"/chat\", Chat);",
        "socket(\"/chat\", Chat, websocket(‸",
        &["compress", "timeout"],
        &["Echo", "batch_size"],
    ),
    (
        "socket(\"/chat\", Chat);",
        "socket(\"/chat\", Chat, websocket(comp‸",
        &["compress", "timeout"],
        &["Echo", "batch_size"],
    ),
    // A function follows.
    (
        "socket(\"/chat\", Chat);\n    plug(layer());\n    // more",
        "socket(\"/chat\", Chat, websocket(‸\n\n    fn init(config: Config) -> Result<Config, ConfigError> {\n        Ok(config)\n    }",
        &["compress", "timeout"],
        &["Echo", "batch_size"],
    ),
    (
        "// more",
        "static_url(ho‸\n\n    fn init(config: Config) -> Result<Config, ConfigError> {\n        Ok(config)\n    }",
        &["host", "path"],
        &["Echo"],
    ),
    (
        "log = info);",
        "lo‸",
        &["log", "longpoll"],
        &["path", "Echo"],
    ),
    // Keys of mounts, and of groups in them.
    (
        "log = info",
        "lo‸",
        &["log", "longpoll"],
        &["path", "location", "Echo"],
    ),
    (
        "timeout = secs(45)",
        "comp‸ = true",
        &["compress", "timeout"],
        &["connect_info"],
    ),
    (
        "batch_size = 7",
        "ba‸",
        &["batch_size", "batch_interval"],
        &[],
    ),
    (
        "[uri]",
        "[uri, us‸]",
        &["user_agent", "peer_data"],
        &["uri"],
    ),
    // Types, and words as values.
    ("Echo, websocket", "Ec‸, websocket", &["Echo"], &[]),
    ("log = info", "log = inf‸", &["info", "debug"], &["Echo"]),
    (
        "timeout = secs(45)",
        "timeout = se‸",
        &["secs", "never"],
        &["Echo"],
    ),
    // Options of `#[socket]` and `#[channel]`.
    (
        "websocket(compress = true), log = debug",
        "webs‸",
        &["websocket", "channel"],
        &["Echo"],
    ),
    ("compress = true", "comp‸", &["compress", "timeout"], &[]),
    ("max_channels = 8", "max_‸", &["max_channels"], &["Echo"]),
    ("assigns = 7_u8", "ass‸", &["assigns"], &["Echo"]),
    (
        "shutdown = secs(4)",
        "shut‸",
        &["shutdown", "on_gap"],
        &["Echo"],
    ),
    // The code around a declaration, whether it is right or half typed.
    (
        "Web::builder()",
        "Web::buil‸",
        &["builder(as Endpoint)"],
        &[],
    ),
    ("out.push(message)", "out.pu‸", &["push"], &[]),
];

/// A cursor in the finished project, and what is shown there.
const EXPLAINED: &[(&str, &str, &str)] = &[
    ("url(", "ur‸l(", "the parts of this endpoint's URLs"),
    ("host =", "ho‸st =", "Default\n`\"localhost\"`"),
    ("http(", "ht‸tp(", "a listener"),
    (
        "check_origin",
        "check_‸origin",
        "which web pages may open a socket",
    ),
    (
        "socket(\"/echo\"",
        "so‸cket(\"/echo\"",
        "a socket at a path",
    ),
    ("plug(", "pl‸ug(", "a tower `Layer`"),
    ("timeout =", "time‸out =", "Timeout"),
    ("connect_info", "connect_‸info", "ConnectInfo"),
    ("[uri]", "[u‸ri]", "uri"),
    ("batch_size", "batch_‸size", "batch"),
    ("compress", "comp‸ress", "compress"),
    (
        "max_channels",
        "max_‸channels",
        "channels of one connection",
    ),
    ("assigns", "ass‸igns", "assigns"),
    ("shutdown", "shut‸down", "after its client has left"),
    ("[param]", "[pa‸ram]", "a parameter of the query"),
    ("[info]", "[in‸fo]", "`connect_info`"),
    ("[rest]", "[re‸st]", "the fixed part of the topic"),
    ("secs(45)", "se‸cs(45)", "from_secs"),
    ("out.push", "ou‸t.push", "Outbox"),
];

/// A cursor in the finished project, and the line to which it leads.
const DEFINED: &[(&str, &str, &str, &str)] = &[
    ("host =", "ho‸st =", "config/table.rs", "pub host:"),
    ("http(", "ht‸tp(", "config/table.rs", "pub http:"),
    (
        "timeout =",
        "time‸out =",
        "socket/options.rs",
        "pub timeout",
    ),
    ("[uri]", "[u‸ri]", "socket/info.rs", "pub uri"),
    (
        "socket(\"/echo\"",
        "so‸cket(\"/echo\"",
        "private/names.rs",
        "socket,",
    ),
    (
        "shutdown",
        "shut‸down",
        "channel/contract.rs",
        "const SHUTDOWN",
    ),
    (
        "max_channels",
        "max_‸channels",
        "private/names.rs",
        "max_channels,",
    ),
];

/// What is typed, and how each message begins: a mistake is told once.
const REPORTED: &[(&str, &str, &[&str])] = &[
    ("// more", "// more", &[]),
    (
        "host = \"example.com\"",
        "ho",
        &["unknown key `ho` in `url`"],
    ),
    ("// more", "ht;", &["unknown directive `ht`"]),
    ("log = info", "log = inf", &["unknown value `inf` of `log`"]),
];

#[test]
#[ignore = "needs rust-analyzer"]
fn rust_analyzer_completes_explains_and_finds() {
    let mut analyzer = Analyzer::start(&manifest(), PROJECT);
    let mut wrong = String::new();
    for (written, typed, offered, others) in TYPED {
        let labels = analyzer.completion(&with(written, typed));
        let has = |label: &&&str| labels.iter().any(|found| found == **label);
        if !offered.iter().all(|label| has(&label)) || others.iter().any(|label| has(&label)) {
            writeln!(wrong, "{typed}: {labels:?}").expect("text");
        }
    }
    // The declaration next to it is half typed.
    let beside = with("// more", "ht").replace("Web::builder()", "Web::buil‸");
    let labels = analyzer.completion(&beside);
    if !labels.iter().any(|label| label.starts_with("builder")) {
        writeln!(wrong, "beside a half-typed declaration: {labels:?}").expect("text");
    }
    for (written, at, text) in EXPLAINED {
        let hover = analyzer.hover(&with(written, at));
        if !hover.contains(text) {
            writeln!(wrong, "{at}: {hover}").expect("text");
        }
    }
    for (written, at, file, line) in DEFINED {
        let found = analyzer.definition(&with(written, at));
        let right =
            matches!(&found[..], [one] if one.file.ends_with(file) && one.line.contains(line));
        if !right {
            writeln!(wrong, "{at}: {found:?}").expect("text");
        }
    }
    for (written, typed, messages) in REPORTED {
        let found = analyzer.diagnostics(&with(written, typed));
        let right = found.len() == messages.len()
            && messages
                .iter()
                .all(|message| found.iter().any(|found| found.starts_with(message)));
        if !right {
            writeln!(wrong, "{typed}: {found:?}").expect("text");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
