//! Declarations in many variations: a token dropped, doubled, moved, replaced by a stray one. Whatever
//! is given to a macro, its answer is items. `MUTATIONS=100000` tries that many of each macro.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::{env, str::FromStr};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::{prelude::*, sample::select, test_runner::FileFailurePersistence};

const STRAY: &[&str] = &[
    ",",
    ";",
    "=",
    "#",
    "::",
    "<",
    "&",
    "|",
    "!",
    "-",
    "url",
    "env",
    "socket",
    "websocket",
    "longpoll",
    "transport",
    "insecure",
    "on_purpose",
    "fn",
    "struct",
    "crate",
    "true",
    "0",
    "-1",
    "\"\"",
    "\"/:\"",
    "\"//*\"",
    "()",
    "[]",
    "{}",
    "'a",
    "secs",
    "or",
    "r#type",
    "1e9",
    "340282366920938463463374607431768211456",
    "\"ü//\"",
    "'x'",
    "b\"x\"",
    "async",
    "..",
    "=>",
    ".",
    "?",
    "@",
    "$x",
    "async",
    "self",
    "#[param]",
    "#[cfg(x)]",
    "#[handle_in]",
    "channel",
    "V2",
    "where",
    "impl",
    "dyn",
    "unsafe",
    "'a'",
    "never",
    "conn",
];

#[derive(Clone, Copy, Debug)]
enum Change {
    Drop,
    Double,
    Move,
    Replace(usize),
    Insert(usize),
    Empty,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just(Change::Drop),
        Just(Change::Double),
        Just(Change::Move),
        (0..STRAY.len()).prop_map(Change::Replace),
        (0..STRAY.len()).prop_map(Change::Insert),
        Just(Change::Empty),
    ]
}

fn changes() -> impl Strategy<Value = Vec<(usize, Change)>> {
    prop::collection::vec((any::<usize>(), change()), 1..4)
}

fn count(tokens: &TokenStream) -> usize {
    tokens
        .clone()
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => 1 + count(&group.stream()),
            _ => 1,
        })
        .sum()
}

fn stray(index: usize) -> TokenStream {
    TokenStream::from_str(STRAY[index]).unwrap()
}

/// Changes the token that is `left` tokens away, groups opened.
fn mutate(tokens: TokenStream, left: &mut usize, change: Change) -> TokenStream {
    let mut output = TokenStream::new();
    let mut moved = None;
    for token in tokens {
        let here = *left == 0;
        *left = left.wrapping_sub(1);
        let token = match token {
            TokenTree::Group(group) => {
                let stream = match (here, change) {
                    (true, Change::Empty) => TokenStream::new(),
                    _ => mutate(group.stream(), left, change),
                };
                TokenTree::Group(Group::new(group.delimiter(), stream))
            }
            token => token,
        };
        match (here, change) {
            (true, Change::Drop) => {}
            (true, Change::Double) => output.extend([token.clone(), token]),
            (true, Change::Move) => moved = Some(token),
            (true, Change::Replace(index)) => output.extend(stray(index)),
            (true, Change::Insert(index)) => {
                output.extend([token]);
                output.extend(stray(index));
            }
            _ => {
                output.extend([token]);
                output.extend(moved.take());
            }
        }
    }
    output.extend(moved);
    output
}

fn mutated(text: &str, changes: Vec<(usize, Change)>) -> TokenStream {
    let mut tokens: TokenStream = text.parse().unwrap();
    for (at, change) in changes {
        let mut left = at % count(&tokens).max(1);
        tokens = mutate(tokens, &mut left, change);
    }
    tokens
}

const ENDPOINTS: &[&str] = &[
    r#"
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
    socket("/admin", AdminSocket, longpoll(window = secs(5), crypto(max_age = secs(600), key_digest = sha384)));
    plug(RequestId);
    #[cfg(debug_assertions)]
    plug(LiveReload::watching(["static", "templates"]));
    service(router());
    fn init(config: Config) -> Result<Config, ConfigError> { Ok(config) }
    "#,
    r#"
    crate = framework::landfall;
    struct Web;
    state = App;
    static_url(host = "cdn.example.com", path = "/s");
    https(ip = "::1", certfile = "a.pem", keyfile = "b.pem", cipher_suite = strong);
    trusted_proxies = ["10.0.0.0/8", "unix"];
    rewrite_on = [x_forwarded_proto];
    force_ssl(hsts = true, exclude = ["localhost"], exclude_paths = ["/health"], rewrite_on = [x_forwarded_proto]);
    secret_key_base = insecure("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", reason = "tests");
    check_origin = insecure(false, reason = "public data");
    pubsub(queue = 1024, redis(url = env("REDIS_URL").or("redis://localhost"), tls(ca = "ca.pem")));
    render_errors(formats(html = Pages, json = StatusJson, ics("text/calendar") = Calendar), log = debug);
    debug_errors = cfg!(debug_assertions);
    watchers(node = ["build.js", "--watch", cd = "assets"], tail = |edge| run(edge));
    live_reload(patterns = ["templates/.*"], target_window = top);
    instrumenters(|app| Recording { app }, Other::new());
    dashboard(path = "/dev/dashboard", who_may = may);
    plug(Static::new("static").at("/").only(["app.js"]));
    plug(Session::new(SESSION));
    server = env("SERVER").or(false);
    extra(live_view(signing_salt = "salt", n = 1), region = env("REGION").or("eu"), zone = env("ZONE"));
    "#,
];

const SOCKETS: &[(&str, &str)] = &[
    (
        "crate = a::b, websocket(timeout = secs(45), connect_info = [uri, session(SESSION)], outbox(limit = 1)), \
         longpoll(window = millis(1), crypto(key_length = 16)), drainer(batch_size = 1), log = info",
        r#"
        impl RoomSocket {
            /// Lets members in.
            pub async fn connect(
                #[param] room_id: RoomId,
                #[param(default = 1)] page: u32,
                #[param(from_str, name = "a-ddress")] address: IpAddr,
                #[info] user_agent: Option<String>,
                #[info(default)] region: String,
                handle: Handle,
                mailbox: Mailbox<RoomEvent>,
            ) -> Result<Self, Refused> {
                let user = authenticate(token)?;
                Ok(RoomSocket { room_id, user })
            }
            async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow { Flow::Continue }
            async fn handle_info(&mut self, info: RoomEvent, out: &mut Outbox) -> Flow { Flow::Continue }
            async fn handle_control(&mut self, _: Control, _: &mut Outbox) {}
            fn terminate(self, reason: Reason) { drop((self, reason)); }
            fn say(&self, message: Message, out: &mut Outbox) { out.push(message); }
        }
        "#,
    ),
    (
        "channel(\"room:*\", Room), channel(\"lobby\", Lobby<u8>, assigns = KIND), max_channels = 7, \
         serializers = [(V2, \"~> 2.0.0\"), OWN], websocket(auth_token = true)",
        r#"
        #[cfg(unix)]
        impl<T: Send + 'static> UserSocket<T> where T: Clone {
            const LIMIT: usize = 3;
            async fn connect(#[cfg(x)] #[param] token: String, connect: Connect<E>) -> Result<Self, Refused> { Ok(S) }
            fn id(&self) -> Option<String> { Some(topic(&self.user)) }
            fn children(children: &mut Children) {}
            fn drain(_: Draining) {}
            fn name(&self) -> &str { &self.user.name }
        }
        "#,
    ),
];

const CHANNELS: &[(&str, &str)] = &[
    (
        "UserSocket, crate = a::b, log_join = info",
        r#"
        impl RoomChannel {
            pub async fn join(
                #[rest] id: RoomId,
                #[topic] topic: &str,
                #[payload] params: JoinRoom,
                #[assigns] kind: &'static Kind,
                socket: &UserSocket,
                mailbox: Mailbox<RoomInfo>,
            ) -> Result<Self, JoinError> {
                Ok(RoomChannel { id })
            }
            #[handle_in("new_message")]
            async fn new_message(&mut self, message: NewMessage, out: &mut Outlet) -> Result<Reply, Reply> {
                Ok(Reply::ok(self.say(message, out)?))
            }
            #[handle_in("upload")]
            async fn upload(&mut self, Binary(bytes): Binary) {}
            #[handle_in("ping", "pong")]
            fn ping(&mut self, out: &mut Outlet) -> Reply { Reply::ok(Payload::EMPTY) }
            async fn handle_in(&mut self, event: Event, out: &mut Outlet) -> Answer { Answer::NoReply }
            async fn handle_info(&mut self, info: RoomInfo, out: &mut Outlet) {}
            #[handle_out("user_joined")]
            async fn user_joined(&mut self, payload: Joined, out: &mut Outlet) {}
            fn terminate(self, reason: Reason) {}
            fn say(&self, message: NewMessage, out: &mut Outlet) -> Payload { Payload::EMPTY }
        }
        "#,
    ),
    (
        "my::UserSocket<T>",
        "#[cfg(unix)] impl<T: Send> Lobby<T> where T: Clone { fn join(#[cfg(x)] #[payload] a: T, _: Join<Self>) -> Self { Lobby } }",
    ),
];

/// What a compiler hands to an attribute is an item, however strange: the answer is items again.
fn attribute(
    run: impl Fn(TokenStream, TokenStream) -> TokenStream,
    arguments: TokenStream,
    item: TokenStream,
) {
    let shown = format!("#[_({arguments})] {item}");
    let is_item = syn::parse2::<syn::Item>(item.clone()).is_ok();
    let output = run(arguments, item);
    assert!(
        !is_item || syn::parse2::<syn::File>(output.clone()).is_ok(),
        "{shown}\n---\n{output}"
    );
}

fn endpoint(input: TokenStream) {
    let shown = input.to_string();
    let output = crate::endpoint::run(input);
    assert!(
        syn::parse2::<syn::File>(output.clone()).is_ok(),
        "{shown}\n---\n{output}"
    );
}

fn config() -> ProptestConfig {
    let asked = env::var("MUTATIONS").ok();
    ProptestConfig {
        cases: asked.map_or(300, |number| number.parse().unwrap()),
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    }
}

/// Each seed is right by itself, or its mutations would test nothing but the first error.
#[test]
fn what_is_changed_is_right() {
    let expansions = ENDPOINTS
        .iter()
        .map(|text| crate::endpoint::run(text.parse().unwrap()))
        .chain(SOCKETS.iter().map(|(arguments, item)| {
            crate::socket::run(arguments.parse().unwrap(), item.parse().unwrap())
        }))
        .chain(CHANNELS.iter().map(|(arguments, item)| {
            crate::channel::run(arguments.parse().unwrap(), item.parse().unwrap())
        }));
    for expansion in expansions {
        let found = crate::testing::errors(expansion);
        assert!(found.is_empty(), "{found:#?}");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn endpoints_expand_to_items(seed in select(ENDPOINTS), changes in changes()) {
        endpoint(mutated(seed, changes));
    }

    #[test]
    fn nothing_expands_to_items(words in prop::collection::vec(0..STRAY.len(), 0..30), braces: bool) {
        let tokens: TokenStream = words.into_iter().map(stray).collect();
        endpoint(match braces {
            true => TokenTree::Group(Group::new(Delimiter::Brace, tokens)).into(),
            false => tokens,
        });
    }

    #[test]
    fn sockets_expand_to_items(seed in select(SOCKETS), arguments in changes(), item in changes(), which in 0..3) {
        let none = Vec::new;
        let arguments = mutated(seed.0, if which == 0 { none() } else { arguments });
        attribute(crate::socket::run, arguments, mutated(seed.1, if which == 1 { none() } else { item }));
    }

    #[test]
    fn channels_expand_to_items(seed in select(CHANNELS), arguments in changes(), item in changes(), which in 0..3) {
        let none = Vec::new;
        let arguments = mutated(seed.0, if which == 0 { none() } else { arguments });
        attribute(crate::channel::run, arguments, mutated(seed.1, if which == 1 { none() } else { item }));
    }
}
