//! Whole expansions, and properties of all of them.

use std::{env, fs, path::PathBuf};

use proc_macro2::{TokenStream, TokenTree};

use super::run;

fn pretty(tokens: &TokenStream) -> String {
    prettyplease::unparse(&syn::parse2::<syn::File>(tokens.clone()).unwrap())
}

/// Compares with `src/endpoint/snapshots/<name>.rs`; `UPDATE=1` writes it.
fn snapshot(name: &str, declaration: &str) -> String {
    let expansion = pretty(&run(declaration.parse().unwrap()));
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("src/endpoint/snapshots")
        .join(name)
        .with_extension("rs");
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &expansion).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == expansion,
        "{} differs; look at it and set UPDATE=1:\n{expansion}",
        path.display()
    );
    expansion
}

const CHAT: &str = r#"
    /// The public face of the chat application.
    pub struct Chat;

    url(host = env("HOST").or("localhost"), port = env("URL_PORT").or(443), scheme = "https");
    http(ip = [0, 0, 0, 0], port = env("PORT").or(4000));
    secret_key_base = env("SECRET_KEY_BASE");
    check_origin = ["https://example.com", "//*.example.org"];

    socket(
        "/socket/:room_id",
        RoomSocket,
        websocket(compress = true, timeout = secs(45), connect_info = [peer_data, uri, region = REGION]),
        drainer(batch_size = 10_000),
    );
    socket("/admin", AdminSocket);

    plug(RequestId);
    #[cfg(debug_assertions)]
    plug(LiveReload::watching(["static", "templates"]));
    plug(CompressionLayer::new());
    service(router());

    fn init(config: Config) -> Result<Config, ConfigError> { Ok(config) }
"#;

#[test]
fn chat_is_short() {
    let lines = snapshot("chat", CHAT).lines().count();
    assert!(lines < 140, "{lines} lines");
}

#[test]
fn braces_inside_of_parentheses_mean_the_same() {
    let inner: TokenStream = CHAT.parse().unwrap();
    assert_eq!(pretty(&run(quote::quote!({ #inner }))), pretty(&run(inner)));
}

#[test]
fn entries_for_development_are_told_in_release_builds() {
    let declaration =
        "pub struct Web; check_origin = [\"//example.com\", \"http://localhost:4000\"];";
    let expansion = run(declaration.parse().unwrap()).to_string();
    let told =
        "# [cfg (not (debug_assertions))] let _ : fn () = __warning :: localhost_in_release ;";
    assert_eq!(expansion.matches(told).count(), 1, "{expansion}");
    let declaration =
        "pub struct Web; check_origin = [\"app://localhost\", \"//*.localhost.com\"];";
    let expansion = run(declaration.parse().unwrap()).to_string();
    assert!(!expansion.contains("localhost_in_release"), "{expansion}");
}

#[test]
fn minimal() {
    snapshot("minimal", "pub struct Web;");
}

#[test]
fn every_option_of_a_mount() {
    snapshot(
        "every_option",
        r#"
        struct Web;
        secret_key_base = env("SECRET");
        socket(
            "/s/:id",
            my::Sock<A, B>,
            websocket(
                path = "/ws",
                timeout = on_purpose(never, reason = "a private network"),
                callback_timeout = secs(30),
                max_frame_size = LIMIT,
                max_message_size = 1_000_000,
                compress = cfg!(unix),
                deflate_options(level = 3, memory_level = my::MEMORY, window_bits = 12),
                subprotocols = ["a", "b"],
                check_origin = allowed,
                check_csrf = false,
                connect_info = [peer_data, x_headers, session(my::SESSION), region = "eu"],
                auth_token = true,
                error_handler = refused,
                transport_log = debug,
                outbox(limit = 65_536, overflow = drop_oldest),
            ),
            longpoll(
                path = "/lp",
                window = WINDOW,
                callback_timeout = never,
                pubsub_timeout = millis(500),
                crypto(max_age = secs(600), key_iterations = 2_000, key_length = LENGTH, key_digest = sha384),
                check_origin = conn,
                check_csrf = false,
                connect_info = [uri],
                auth_token = true,
                transport_log = info,
                outbox(limit = 65_536),
                max_body_size = 1_000_000,
                max_batch = BATCH,
                max_sessions = 100,
                max_sessions_per_ip = 5,
            ),
            transport = Sse::new(KEEP_ALIVE),
            drainer(batch_size = BATCH, batch_interval = millis(100), shutdown = WAIT, log = debug),
            log = false,
        );
        socket("/t", T, websocket = true, longpoll = false, drainer = false, log = debug);
        socket("/u", U, websocket = false, longpoll);
        socket("/v", V, websocket = false);
        socket("/w", W, longpoll(window = on_purpose(LONG, reason = "clients wait longer"), crypto(max_age = insecure(never, reason = "r"))));
        "#,
    );
}

#[test]
fn conditions_stay_with_their_statements() {
    snapshot(
        "conditions",
        r#"
        struct Web;
        #[cfg(debug_assertions)]
        http(port = 4000);
        #[cfg(not(debug_assertions))]
        http(port = env("PORT"), idle_timeout = secs(5), max_headers = MAX);
        #[cfg(debug_assertions)]
        socket("/debug", Debug);
        #[cfg(debug_assertions)]
        service(debug());
        #[cfg(not(debug_assertions))]
        service(router());
        "#,
    );
}

#[test]
fn settings_of_every_kind() {
    snapshot(
        "settings",
        r#"
        crate = framework::landfall;
        struct Web;
        static_url(host = "cdn.example.com", path = "/s");
        http(ip = "::1", header_timeout = TIMEOUT, max_connections_per_ip = 100);
        trusted_proxies = ["10.0.0.0/8", "unix"];
        secret_key_base = insecure("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", reason = "tests");
        check_origin = insecure(false, reason = "public data");
        pubsub(queue = 1024);
        server = env("SERVER").or(false);
        extra(live_view(signing_salt = "salt", n = 1), region = env("REGION").or("eu"), zone = env("ZONE"));
        "#,
    );
}

#[test]
fn a_manifest_that_cannot_be_read_is_told() {
    let declaration = |file: &str| format!("pub struct Web; cache_static_manifest = \"{file}\";");
    let expansion = run(declaration("Cargo.toml").parse().unwrap()).to_string();
    let told = "`Cargo.toml` is not a cache manifest: line 1 is not JSON";
    assert!(expansion.contains(told), "{expansion}");
    let expansion = run(declaration("none.json").parse().unwrap()).to_string();
    assert!(!expansion.contains("compile_error"), "{expansion}");
    assert!(!expansion.contains("STATIC_FILES"), "{expansion}");
}

#[test]
fn after_an_error_the_type_and_a_stub_remain() {
    snapshot(
        "error",
        r#"pub struct Web; url(hots = "a"); http(port = 70000); plg(X)"#,
    );
}

/// Words that the macro reads and does not hand on; every other name of a declaration occurs once
/// in the expansion.
#[test]
fn names_occur_once() {
    let input: TokenStream = r#"
        struct Web;
        url(host = "a", port = 1, scheme = "http", path = "/a");
        socket("/a", First, websocket(compress = true, outbox(limit = LIMIT), connect_info = [uri]), log = debug);
        plug(Plug::new());
    "#
    .parse()
    .unwrap();
    let output = names(run(input));
    for name in [
        "host",
        "port",
        "scheme",
        "compress",
        "outbox",
        "limit",
        "uri",
        "LIMIT",
        "Plug",
        "websocket",
        "log",
    ] {
        // A name that the expansion adds by itself has the call site's span, which is empty here.
        let count = output
            .iter()
            .filter(|(word, real)| word == name && *real)
            .count();
        assert_eq!(count, 1, "{name}");
    }
}

fn names(tokens: TokenStream) -> Vec<(String, bool)> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) => names(group.stream()),
            TokenTree::Ident(ident) => vec![(ident.to_string(), ident.span().byte_range().end > 0)],
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn a_comma_may_follow_the_last_argument() {
    let declaration = r#"
            pub struct Chat;
            url(host = env("HOST",).or("localhost",), port = env("URL_PORT",).or(443,),);
            secret_key_base = env("SECRET_KEY_BASE",);
            extra(view = env("VIEW",), color = env("COLOR",).or("blue",),);
        "#;
    let output = run(declaration.parse().unwrap());
    assert!(!output.to_string().contains("compile_error"), "{output}");
    assert!(syn::parse2::<syn::File>(output.clone()).is_ok(), "{output}");
}

/// `endpoint!({ .. })` is laid out like the body of a function, and stays so.
#[test]
fn rustfmt_formats_what_stands_in_braces_and_parentheses() {
    let ugly = "endpoint!({ pub struct Chat; url(host = \"a\",port=1);\n // why\n socket(\"/a\",Room,\
                websocket(compress=true,timeout=secs(45),connect_info=[peer_data,uri,user_agent]),\
                drainer(batch_size=10)); fn init(config: Config)->Result<Config,E>{Ok(config)} });";
    let Some(once) = rustfmt(ugly) else { return };
    assert!(
        once.contains(
            "    url(host = \"a\", port = 1);\n    // why\n    socket(\n        \"/a\",\n"
        ),
        "{once}"
    );
    assert_eq!(rustfmt(&once).as_ref(), Some(&once));
}

/// `None` where there is no rustfmt.
fn rustfmt(source: &str) -> Option<String> {
    use std::{
        io::Write,
        process::{Command, Stdio},
    };
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(source.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn mounts_are_compared_where_their_paths_begin_alike() {
    for (paths, pairs) in [
        (["/a", "/b", "/c"], 0),
        (["/s/a", "/s/b", "/t"], 0),
        (["/a", "/a/b", "/c"], 1),
        (["/:_x", "/b", "/c/d"], 2),
        (["/", "/b", "/c"], 2),
    ] {
        let mounts = paths.map(|path| format!("socket({path:?}, Room);"));
        let text = format!("pub struct Web; {}", mounts.concat());
        let expansion = run(text.parse().unwrap()).to_string();
        assert_eq!(expansion.matches("served_apart").count(), pairs, "{text}");
    }
}
