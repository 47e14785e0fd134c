//! Configuration of an application: files, options, `init`, and one error for all mistakes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::PathBuf};

use landfall::{
    BoxError, Endpoint, Message, Running, Socket,
    config::{Config, Extra, Group, Http, Provenance, Scheme, Setting, Settings, Url},
    endpoint::EndpointDef,
    mount::{LongPoll, Mount, SocketDef, WebSocket},
    origin::CheckOrigin,
    socket::{Connect, Flow, Outbox, Refused},
};

struct Chat;

impl Endpoint for Chat {
    type State = ();
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Chat",
        mounts: &[],
        ..EndpointDef::DEFAULT
    };

    fn settings() -> Settings {
        let mut settings = Settings {
            url: Url {
                host: Setting::given("example.com"),
                path: Setting::given("/chat"),
                ..Url::DEFAULT
            },
            http: Group::on(Http {
                port: Setting::env_or_exact("LANDFALL_TEST_NO_SUCH_PORT", 4000),
                ..Http::DEFAULT
            }),
            server: Setting::exact(false),
            ..Settings::default()
        };
        settings.extra(
            "mailer",
            Setting::given(Extra::table([("from", "a@example.com")])),
        );
        settings
    }
}

/// Writes a file of the test's own.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path
}

async fn message<E: Endpoint>(started: Result<Running<E>, landfall::Error>) -> String {
    let error = started.unwrap_err();
    assert!(error.is_config());
    format!("{error:?}")
}

#[tokio::test]
async fn the_declaration_is_the_lowest_layer() {
    let chat = Chat::start().await.unwrap();
    assert_eq!(chat.url(), "http://example.com:4000");
    assert_eq!(chat.static_url(), chat.url());
    assert_eq!(chat.host(), "example.com");
    assert_eq!(chat.path("/rooms"), "/chat/rooms");
    assert_eq!(chat.script_name(), ["chat"]);
    let mailer: serde_json::Value = chat.config().extra("mailer").unwrap();
    assert_eq!(mailer["from"], "a@example.com");
    chat.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_file_lies_over_it_and_options_over_the_file() {
    let path = file(
        "layers.toml",
        "[url]\nscheme = \"https\"\nport = 8443\n[static_url]\nhost = \"cdn.com\"\n",
    );
    let chat = Chat::builder().file(&path).start().await.unwrap();
    assert_eq!(chat.url(), "https://example.com:8443");
    assert_eq!(
        chat.static_url(),
        "http://cdn.com:4000",
        "nothing is inherited from `url`"
    );
    chat.shutdown().await.unwrap();

    let chat = Chat::builder()
        .file(&path)
        .settings(|settings| settings.url.port = Setting::exact(443))
        .settings(|settings| settings.check_origin = Setting::exact(CheckOrigin::Conn))
        .start()
        .await
        .unwrap();
    assert_eq!(chat.url(), "https://example.com");
    assert_eq!(chat.struct_url().scheme, Scheme::Https);
    assert_eq!(chat.struct_url().port, 443);
    assert_eq!(chat.config().check_origin, CheckOrigin::Conn);
    chat.shutdown().await.unwrap();
}

#[tokio::test]
async fn everything_wrong_is_said_at_once() {
    let path = file(
        "wrong.toml",
        "sever = true\n\n[url]\nport = \"80a\"\npath = \"chat\"\n",
    );
    let wrong = Chat::builder()
        .file(&path)
        .settings(|settings| settings.secret_key_base = Setting::given("hunter2"))
        .start()
        .await;
    let text = message(wrong).await;
    let path = path.display();
    let expected = format!(
        "the configuration of `Chat` is wrong\n\n\
         unknown key `sever` (from {path}:1)\n  help: did you mean `server`?\n\n\
         `port` is a number, not `\"80a\"` (`url.port` from {path}:4)\n\n\
         `path` must start with `/` (`url.path` from {path}:5)\n  help: write `path = \"/chat\"`\n\n\
         `secret_key_base` has 7 bytes, sessions need at least 64 (`secret_key_base` from start options)\n  \
         help: generate one: `openssl rand -base64 48`"
    );
    assert_eq!(text, expected);
}

#[tokio::test]
async fn a_file_that_is_missing_is_an_error() {
    let text = message(Chat::builder().file("/nowhere/landfall.toml").start().await).await;
    assert!(
        text.contains("cannot read the configuration file `/nowhere/landfall.toml`: "),
        "{text}"
    );
}

/// An endpoint whose secret comes from an environment variable.
struct Vault;

impl Endpoint for Vault {
    type State = ();
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Vault",
        mounts: &[],
        ..EndpointDef::DEFAULT
    };

    fn settings() -> Settings {
        Settings {
            secret_key_base: Setting::env("LANDFALL_TEST_NO_SUCH_SECRET"),
            ..Settings::default()
        }
    }

    fn init(mut config: Config) -> Result<Config, BoxError> {
        if let Some(key) = config.extra::<Option<String>>("vault")? {
            config.secret_key_base = Some(key.into());
        }
        Ok(config)
    }
}

fn vault(value: Extra) -> impl FnOnce(&mut Settings) {
    move |settings| settings.extra("vault", Setting::exact(value))
}

#[tokio::test]
async fn init_is_the_uppermost_layer() {
    let secret = "correct horse battery staple, correct horse battery staple, 0123";
    let running = Vault::builder()
        .settings(vault(secret.into()))
        .start()
        .await
        .unwrap();
    let config = running.config();
    assert_eq!(
        config
            .secret_key_base
            .as_ref()
            .map(|secret| secret.expose()),
        Some(secret.as_bytes())
    );
    assert!(!format!("{config:?} {running:?}").contains("horse"));
    running.shutdown().await.unwrap();

    let missing = Vault::start().await.unwrap_err();
    let findings: Vec<_> = missing.config_errors().unwrap().iter().collect();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].key(), Some("secret_key_base"));
    assert_eq!(
        findings[0].message(),
        "the environment variable `LANDFALL_TEST_NO_SUCH_SECRET` is not set"
    );
    assert!(
        matches!(findings[0].provenance(), Some(Provenance::Macro(at)) if at.file().ends_with("config.rs"))
    );

    let short = message(
        Vault::builder()
            .settings(vault("hunter2".into()))
            .start()
            .await,
    )
    .await;
    assert!(
        short.contains("has 7 bytes, sessions need at least 64 (`secret_key_base` from init)"),
        "{short}"
    );
    let refused = message(Vault::builder().settings(vault(5.into())).start().await).await;
    assert!(
        refused.contains(
            "`vault` takes a string, this is a number (`extra.vault` from start options)"
        ),
        "{refused}"
    );
}

struct Anybody;

impl Socket for Anybody {
    type State = ();
    type Info = ();

    async fn connect(_: Connect<()>) -> Result<Self, Refused> {
        Ok(Anybody)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        Flow::Continue
    }
}

struct Mounted;

const MOUNT_LINE: u32 = line!() + 1;
const MOUNT: Mount = Mount::new("/socket", SocketDef::of::<Anybody, ()>("Anybody"))
    .websocket(WebSocket {
        check_origin: Some(CheckOrigin::List(&["//a.com", "b.com"])),
        ..WebSocket::DEFAULT
    })
    .longpoll(LongPoll {
        check_origin: Some(CheckOrigin::List(&["c.com"])),
        ..LongPoll::DEFAULT
    });

impl Endpoint for Mounted {
    type State = ();
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Mounted",
        mounts: &[MOUNT],
        ..EndpointDef::DEFAULT
    };

    fn settings() -> Settings {
        Settings {
            server: Setting::exact(true),
            ..Settings::default()
        }
    }
}

#[tokio::test]
async fn mounts_are_checked_with_the_rest() {
    let text = message(Mounted::start().await).await;
    let mount = format!("mount at {}:{MOUNT_LINE}", file!());
    assert!(
        text.contains(&format!(
            "\"b.com\" has no host: an origin starts with `//` or a scheme (`check_origin of /socket` from {mount})\n  \
             help: write `\"//b.com\"` or `\"https://b.com\"`"
        )),
        "{text}"
    );
    assert!(text.contains("\"c.com\" has no host"), "{text}");
    assert!(
        text.contains(&format!(
            "(`check_origin of longpoll of /socket` from {mount})"
        )),
        "{text}"
    );
    assert!(
        text.contains("`server = true` but no listener is configured (`server` from macro at "),
        "{text}"
    );
}

/// Groups that are off, and a port that is not set.
mod declared {
    use landfall::endpoint;

    endpoint! {
        pub(crate) struct Off;

        http = false;
        https = false;
        static_url = false;
        drainer = false;
    }

    endpoint! {
        pub(crate) struct Portless;

        http(ip = [127, 0, 0, 1]);
    }
}

#[tokio::test]
async fn a_group_that_is_declared_off_is_turned_on_by_a_later_layer() {
    let config = declared::Off::builder().resolve().unwrap();
    assert!(config.http.is_none() && config.drainer.is_none() && !config.listens());
    let off = declared::Off::start().await.unwrap();
    assert!(off.server_info(Scheme::Http).is_err());
    off.shutdown().await.unwrap();

    let path = file("on.toml", "http = { ip = \"127.0.0.1\", port = 0 }\n");
    let on = declared::Off::builder().file(&path);
    assert!(on.resolve().unwrap().listens());
    let on = declared::Off::builder().file(&path).start().await.unwrap();
    assert!(on.server_info(Scheme::Http).is_ok());
    on.shutdown().await.unwrap();

    let options = |settings: &mut Settings| settings.http = Group::OFF;
    let off = declared::Off::builder().file(&path).settings(options);
    assert!(!off.resolve().unwrap().listens());
}

/// Another program may have the port.
#[tokio::test]
async fn the_default_port_is_4000() {
    let port = declared::Portless::builder().resolve().unwrap();
    assert_eq!(port.http.as_ref().map(|http| http.port), Some(4000));
    match declared::Portless::start().await {
        Ok(web) => {
            let address = web.server_info(Scheme::Http).unwrap();
            assert_eq!(address.to_string(), "127.0.0.1:4000");
            assert_eq!(web.url(), "http://localhost:4000");
            web.shutdown().await.unwrap();
        }
        Err(error) => {
            let text = format!("{error:?}");
            let said = "cannot listen on 127.0.0.1:4000: Address already in use";
            assert!(text.starts_with(said), "{text}");
        }
    }
}
