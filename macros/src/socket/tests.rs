//! Whole expansions, what each mistake is answered by, and properties of every expansion.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proc_macro2::TokenStream;

use crate::testing;

fn run(arguments: &str, item: &str) -> TokenStream {
    super::run(arguments.parse().unwrap(), item.parse().unwrap())
}

fn snapshot(name: &str, arguments: &str, item: &str) {
    testing::snapshot("socket", name, run(arguments, item));
}

const ROOM: &str = r#"
impl RoomSocket {
    /// Lets members in.
    pub async fn connect(
        #[param] room_id: RoomId,
        #[param] token: Option<String>,
        #[param(default = 1)] page: u32,
        #[param(from_str, name = "a-ddress")] address: IpAddr,
        #[info] peer_data: PeerData,
        #[info] user_agent: Option<String>,
        #[info(default)] region: String,
        handle: Handle,
        mailbox: Mailbox<RoomEvent>,
    ) -> Result<Self, Refused> {
        let user = authenticate(token)?;
        Ok(RoomSocket { room_id, user })
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        self.say(message, out);
        Flow::Continue
    }

    async fn handle_info(&mut self, info: RoomEvent, out: &mut Outbox) -> Flow {
        out.push(info.text);
        Flow::Continue
    }

    fn terminate(self, reason: Reason) {
        drop((self, reason));
    }

    fn say(&self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}
"#;

const SMALL: &str = "
impl Echo {
    fn connect() -> Result<Self, Refused> { Ok(Echo) }
    fn handle_in(&mut self, message: Message, out: &mut Outbox) { out.push(message); }
}
";

#[test]
fn a_room() {
    snapshot("room", "", ROOM);
}

#[test]
fn attributes_in_the_block_are_as_good_as_before_it() {
    let inside = SMALL.replace("impl Echo {", "impl Echo { #![allow(dead_code)]");
    let before = SMALL.replace("impl Echo {", "#[allow(dead_code)] impl Echo {");
    let expanded = |block: &str| run("", block).to_string();
    assert_eq!(expanded(&inside), expanded(&before));
    let wrong = |block: &str| expanded(&block.replace("message: Message", "message: &Message"));
    assert_eq!(wrong(&inside), wrong(&before));
}

#[test]
fn plain_functions_without_flow() {
    snapshot("plain", "", SMALL);
}

#[test]
fn options_are_defaults_for_mounts() {
    snapshot(
        "options",
        "crate = my::landfall, websocket(timeout = secs(45), compress = true), drainer(batch_size = 10), log = false",
        SMALL,
    );
    snapshot("longpoll", "longpoll", SMALL);
    snapshot(
        "longpoll_options",
        "longpoll(window = secs(5)), drainer = false",
        SMALL,
    );
}

#[test]
fn every_callback_and_conditions() {
    snapshot(
        "every_callback",
        "",
        r#"
        #[cfg(unix)]
        impl<T: Send + 'static> Every<T> where T: Clone {
            const LIMIT: usize = 3;
            async fn connect(
                connect: Connect<Event>,
                #[cfg(feature = "x")] #[param] x: u8,
                #[param] r#type: String,
            ) -> Result<Self, MyError> { #![allow(unused)] todo(connect).await }
            fn init(&mut self, _: &mut Outbox) -> Flow { Flow::Continue }
            async fn handle_in(&mut self, (Message::Text(_) | Message::Binary(_)): Message, _: &mut Outbox) {}
            #[cfg(feature = "x")]
            async fn handle_info(&mut self, event: Event, _: &mut Outbox) { return; }
            async fn handle_control(&mut self, _: Control, _: &mut Outbox) -> () {}
            fn terminate(mut self, _: Reason) {}
            fn children(children: &mut Children) {}
            async fn drain(draining: Draining) { draining.ended().await }
            fn encode(broadcast: &Broadcast) -> Option<Message> { None }
        }
        "#,
    );
}

const WITH_CHANNELS: &str = "
impl UserSocket {
    async fn connect(#[param] token: String) -> Result<Self, Refused> { Ok(UserSocket { user: user(token)? }) }
    fn id(&self) -> Option<String> { Some(topic(&self.user)) }
    fn children(children: &mut Children) {}
    fn drain(_: Draining) {}
    fn name(&self) -> &str { &self.user.name }
}
";

#[test]
fn a_socket_with_channels() {
    snapshot(
        "channels",
        "channel(\"room:*\", RoomChannel), channel(\"lobby\", my::Lobby<u8>, assigns = KIND), max_channels = 7, \
         serializers = [(V2, \"~> 2.0.0\"), OWN], websocket(compress = true)",
        WITH_CHANNELS,
    );
    snapshot(
        "channels_error",
        "channel(\"room:*\"), chanel(\"lobby\", Lobby)",
        WITH_CHANNELS,
    );
}

/// What is wrong with the arguments, on a socket that is right.
fn with_routes(arguments: &str) -> String {
    let mut errors = errors(arguments, WITH_CHANNELS);
    assert_eq!(errors.len(), 1, "{arguments}: {errors:#?}");
    errors.remove(0)
}

#[test]
fn routes_that_can_not_work() {
    let routes = [
        ("channel(\"\", A)", "this topic is empty"),
        ("channel(\"a:*:b\", A)", "write `\"a:*\"`"),
        ("channel(\"phoenix\", A)", "is for heartbeats"),
        (
            "channel(\"a\", A), channel(\"a\", B)",
            "\"a\" has a channel already, on line 1",
        ),
        (
            "channel(\"a*\", A), channel(\"ab*\", B)",
            "move `channel(\"ab*\", ..)` above it",
        ),
        (
            "channel(\"*\", A), channel(\"b\", B)",
            "this topic is never reached",
        ),
        (
            "channel(A, \"a\")",
            "the topic comes first: `channel(\"a\", ..)`",
        ),
        ("channel(TOPIC, A)", "a topic is a string literal"),
        ("channel(\"a\")", "this topic has no channel"),
        ("channel()", "takes a topic and the type of its channel"),
        ("channel(\"a\", 7)", "expected the type of the channel"),
        ("channel(\"a\", A, asigns = 7)", "did you mean `assigns`?"),
        ("channel = 7", "`channel` takes a topic and the type"),
        (
            "channel(\"a\", A), max_channels = 0",
            "`max_channels` must be positive",
        ),
        (
            "channel(\"a\", A), max_channels = unlimited",
            "insecure(unlimited",
        ),
        (
            "channel(\"a\", A), max_chanels = 3",
            "did you mean `max_channels`?",
        ),
        (
            "channel(\"a\", A), max_envelope_size = 0",
            "`max_envelope_size` must be positive",
        ),
        (
            "channel(\"a\", A), max_waiting_size = unlimited",
            "a client could make the server buffer any amount",
        ),
        (
            "channel(\"a\", A), serializers = []",
            "no client could connect",
        ),
        (
            "channel(\"a\", A), serializers = [\"2.0.0\"]",
            "stands with the versions",
        ),
        (
            "channel(\"a\", A), foo = 7",
            "keys of `#[socket]`: `websocket`",
        ),
    ];
    for (arguments, message) in routes {
        let error = with_routes(arguments);
        assert!(error.contains(message), "{arguments}: {error}");
    }
    for fine in [
        "channel(\"room:lobby\", A), channel(\"room:*\", B), channel(\"roomy\", C), channel(\"*\", D)",
        "channel(\"a\", A), max_channels = insecure(unlimited, reason = \"one trusted client\")",
        "channel(\"a\", A), max_envelope_size = 4096, max_waiting_size = 4 * 1024 * 1024",
        "channel(\"a\", A), serializers = SERIALIZERS",
        "channel(\"phoenix:*\", A)",
    ] {
        assert_eq!(errors(fine, WITH_CHANNELS), [""; 0], "{fine}");
    }
}

#[test]
fn channels_and_messages_do_not_mix() {
    let plain = "impl S { fn connect() -> Result<Self, Refused> { Ok(S) } \
         fn handle_in(&mut self, message: Message, out: &mut Outbox) {} fn id(&self) -> u8 { 0 } }";
    assert_eq!(errors("", plain), [""; 0]);
    assert!(errors("max_channels = 3", plain)[0].contains("is for sockets with channels"));
    let found = errors("channel(\"a\", A)", plain);
    assert!(
        found[0].contains("a socket with channels has no `handle_in`"),
        "{found:?}"
    );
    assert!(
        errors(
            "channel(\"a\", A)",
            "impl S { fn id(&self) -> Option<String> { None } }"
        )[0]
        .contains("`connect`")
    );
}

#[test]
fn errors_leave_the_users_items_and_a_socket_behind() {
    snapshot(
        "error",
        "websocket(tmeout = secs(1))",
        "impl S {
            fn connect(#[parm] a: u8, #[info] peer_dta: PeerData) -> Result<Self, Refused> { Ok(S) }
            async fn handle_in(&mut self, message: Message) {}
            async fn handle_info(&mut self, info: Event, out: &mut Outbox) {}
            fn other(&self) {}
        }",
    );
}

fn errors(arguments: &str, item: &str) -> Vec<String> {
    testing::errors(run(arguments, item))
}

fn one_error(item: &str) -> String {
    let mut errors = errors("", item);
    assert_eq!(errors.len(), 1, "{errors:#?}");
    errors.remove(0)
}

const HANDLE_IN: &str = "fn handle_in(&mut self, message: Message, out: &mut Outbox) {}";
const CONNECT: &str = "fn connect() -> Result<Self, Refused> { Ok(S) }";

fn with_callback(callback: &str) -> String {
    one_error(&format!("impl S {{ {CONNECT} {HANDLE_IN} {callback} }}"))
}

fn with_argument(argument: &str) -> String {
    one_error(&format!(
        "impl S {{ fn connect({argument}) -> Result<Self, Refused> {{ Ok(S) }} {HANDLE_IN} }}"
    ))
}

#[test]
fn callbacks_that_are_missing_or_misspelt() {
    assert_eq!(
        errors("", "impl S {}"),
        [
            "missing callback `connect` [socket]\n\n  = help: add `async fn connect(..) -> Result<Self, Refused>`",
            "missing callback `handle_in` [socket]\n\n  = help: add `async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow`",
        ]
    );
    let misspelt = one_error(&format!("impl S {{ {CONNECT} fn handel_in(&self) {{}} }}"));
    assert_eq!(
        misspelt,
        "unknown callback `handel_in` [socket]\n\n  = help: did you mean `handle_in`?"
    );
    assert!(
        with_callback("fn terminat(self, reason: Reason) {}").contains("did you mean `terminate`")
    );
    let helpers =
        "fn decode(text: &str) -> u8 { 0 } fn connected(&self) -> bool { true } fn inits(&self) {}";
    assert_eq!(
        errors("", &format!("impl S {{ {CONNECT} {HANDLE_IN} {helpers} }}")),
        [""; 0]
    );
}

#[test]
fn callbacks_of_another_shape() {
    let shapes = [
        (
            "fn terminate(&mut self, reason: Reason) {}",
            "it takes `self` by value",
        ),
        (
            "fn terminate(self) {}",
            "it takes 1 argument besides `self`, this has 0",
        ),
        (
            "fn terminate(self, reason: Reason) -> u8 { 0 }",
            "it returns nothing",
        ),
        (
            "async fn terminate(self, reason: Reason) {}",
            "`terminate` is not async",
        ),
        (
            "fn init(&self, out: &mut Outbox) {}",
            "it takes `&mut self`",
        ),
        ("fn children(&self) {}", "it has no `self`"),
        ("async fn drain(&mut self) {}", "it has no `self`"),
        (
            "fn drain(draining: Draining) -> usize { 0 }",
            "it returns nothing",
        ),
        ("fn encode(broadcast: &Broadcast) {}", "it returns a value"),
        (
            "unsafe fn init(&mut self, out: &mut Outbox) {}",
            "neither `const`, `unsafe` nor `extern`",
        ),
        (
            "fn init<T>(&mut self, out: &mut Outbox) {}",
            "no generic parameters",
        ),
        (
            "fn handle_info(&mut self, info: &str, out: &mut Outbox) {}",
            "must own its data",
        ),
        (
            "fn handle_info(&mut self, info: impl Send, out: &mut Outbox) {}",
            "name it",
        ),
    ];
    for (callback, note) in shapes {
        let error = with_callback(callback);
        assert!(error.contains("has the wrong shape [socket."), "{error}");
        assert!(error.contains("]\n\n  = help: expected `"), "{error}");
        assert!(error.contains(note), "{error}");
    }
    for connect in [
        "fn connect() {}",
        "fn connect(&self) -> Result<Self, Refused> {}",
    ] {
        assert!(
            one_error(&format!("impl S {{ {connect} {HANDLE_IN} }}"))
                .contains("`connect` has the wrong shape")
        );
    }
    assert!(with_callback(HANDLE_IN).contains("`handle_in` is defined twice"));
}

#[test]
fn arguments_that_can_not_be_taken() {
    let arguments = [
        (
            "#[param] #[info] a: u8",
            "either `#[param]` or `#[info]`, not both",
        ),
        ("#[param] #[param] a: u8", "`#[param]` is written twice"),
        ("#[parm] a: u8", "did you mean `#[param]`?"),
        (
            "#[param] (a, b): (u8, u8)",
            "write `#[param(name = \"..\")]`",
        ),
        ("#[param(naem = \"b\")] a: u8", "did you mean `name`?"),
        (
            "#[param(required)] a: u8",
            "keys of `#[param]`: `name`, `default`, `from_str`",
        ),
        (
            "#[info(from_str)] a: u8",
            "unknown key `from_str` in `#[info]`",
        ),
        ("#[param(default, default)] a: u8", "`default` is set twice"),
        ("#[param(name = \"\")] a: u8", "`name` is empty"),
        ("#[param = \"b\"] a: u8", "in parentheses"),
        (
            "#[param(default = 1)] a: Option<u8>",
            "with a `default` the value is never missing",
        ),
        (
            "#[param] a: u8, #[param(name = \"a\")] b: u8",
            "`a` is taken twice",
        ),
        ("#[info] peer_dta: PeerData", "did you mean `peer_data`?"),
        (
            "#[info] cookies: String",
            "request headers are not available",
        ),
        ("#[info] sesion: Session", "did you mean `session`?"),
    ];
    for (argument, message) in arguments {
        let error = with_argument(argument);
        assert!(error.contains(message), "{argument}: {error}");
    }
    assert!(
        with_callback("fn init(&mut self, #[param] out: &mut Outbox) {}")
            .contains("belongs to arguments of `connect`")
    );
    assert!(
        with_callback("fn other(#[info] &self) {}").contains("belongs to arguments of `connect`")
    );
}

#[test]
fn items_that_are_no_plain_impl() {
    for item in [
        "struct S;",
        "fn f() {}",
        "impl Socket for S {}",
        "unsafe impl S { }",
    ] {
        assert!(
            errors("", item)[0].contains("`#[socket]` goes on `impl Type { .. }`"),
            "{item}"
        );
    }
    for item in [
        "impl<'a> S<'a> {}",
        "impl S<'_> {}",
        "impl<T> S<Vec<&'b T>> {}",
    ] {
        assert!(
            one_error(item).contains("a socket owns its state"),
            "{item}"
        );
    }
    assert!(
        !errors("", "impl S<&'static str> {}")
            .iter()
            .any(|error| error.contains("owns its state"))
    );
    assert!(with_callback("type Info = u8;").contains("`Info` is taken from `handle_info`"));
    assert!(
        with_callback("const OPTIONS: u8 = 1;").contains("`OPTIONS` is written by `#[socket]`")
    );
}

#[test]
fn all_errors_come_at_once() {
    let found = errors(
        "crate = 1, compres = true, log = loud",
        "impl S { fn handel_in(&self) {} fn init() {} }",
    );
    assert_eq!(found.len(), 6, "{found:#?}");
}
