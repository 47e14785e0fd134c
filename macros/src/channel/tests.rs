//! Whole expansions, what each mistake is answered by, and properties of every expansion.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proc_macro2::TokenStream;

use crate::testing;

fn run(arguments: &str, item: &str) -> TokenStream {
    super::run(arguments.parse().unwrap(), item.parse().unwrap())
}

fn snapshot(name: &str, arguments: &str, item: &str) {
    testing::snapshot("channel", name, run(arguments, item));
}

fn errors(item: &str) -> Vec<String> {
    testing::errors(run("UserSocket", item))
}

fn one_error(item: &str) -> String {
    let mut errors = errors(item);
    assert_eq!(errors.len(), 1, "{item}: {errors:#?}");
    errors.remove(0)
}

const ROOM: &str = r#"
impl RoomChannel {
    /// Lets members in.
    pub async fn join(
        #[rest] id: RoomId,
        #[topic] topic: &str,
        #[payload] params: JoinRoom,
        #[assigns] kind: &'static Kind,
        socket: &UserSocket,
        mailbox: Mailbox<RoomInfo>,
        whole: Join<Self>,
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
    fn ping(&mut self, out: &mut Outlet) -> Reply {
        Reply::ok(Payload::EMPTY)
    }

    async fn handle_in(&mut self, event: Event, out: &mut Outlet) -> Answer {
        Answer::NoReply
    }

    async fn handle_info(&mut self, info: RoomInfo, out: &mut Outlet) {
        out.push("info", info.payload());
    }

    #[handle_out("user_joined")]
    async fn user_joined(&mut self, payload: Joined, out: &mut Outlet) {}

    fn terminate(self, reason: Reason) {}

    fn say(&self, message: NewMessage, out: &mut Outlet) -> Payload {
        Payload::EMPTY
    }
}
"#;

#[test]
fn a_room() {
    snapshot("room", "UserSocket", ROOM);
}

#[test]
fn nothing_but_join() {
    snapshot(
        "small",
        "my::UserSocket, crate = my::landfall",
        "impl Lobby { fn join() -> Self { Lobby } }",
    );
}

#[test]
fn conditions() {
    snapshot(
        "conditions",
        "UserSocket",
        r#"
        #[cfg(unix)]
        impl<T: Send + 'static> Every<T> where T: Clone {
            const LIMIT: usize = 3;
            async fn join(#[cfg(feature = "x")] #[payload] params: T, #[cfg(not(feature = "x"))] _: Join<Self>) -> Self { Every }
            #[cfg(feature = "x")]
            #[handle_in("ping")]
            #[handle_out("ping")]
            async fn ping(&mut self) {}
            #[cfg(not(feature = "x"))]
            #[handle_in("ping")]
            async fn ping(&mut self, event: Event) {}
            #[cfg(feature = "x")]
            async fn handle_in(&mut self, event: Event, out: &mut Outlet) -> Answer { Answer::NoReply }
            #[cfg(feature = "x")]
            async fn handle_info(&mut self, info: T, _: &mut Outlet) {}
        }
        "#,
    );
}

#[test]
fn errors_leave_the_users_items_and_a_channel_behind() {
    snapshot(
        "error",
        "UserSocket",
        "impl Room {
            async fn join(#[rst] id: u8) -> Result<Self, JoinError> { Ok(Room) }
            #[handle_in]
            async fn say(&mut self, text: String, out: &mut Outlet) {}
            async fn handle_info(&mut self, info: Info, out: &mut Outlet) {}
            #[must_use]
            fn other(&self) -> u8 { 0 }
        }",
    );
}

#[test]
fn arguments_of_the_attribute() {
    let room = "impl Room { fn join() -> Self { Room } }";
    let with = |arguments| testing::errors(run(arguments, room));
    for (arguments, message) in [
        ("", "needs the type of its socket"),
        ("log = info", "has no option `log`"),
        ("A, B", "a channel has one socket"),
        ("A, crate = b, crate = c", "`crate` is set twice"),
    ] {
        let errors = with(arguments);
        assert!(
            errors.len() == 1 && errors[0].contains(message),
            "{arguments}: {errors:?}"
        );
    }
    for fine in ["A", "A,", "crate = b, A<u8, u16>", "A, crate = b::c"] {
        assert_eq!(with(fine), [""; 0], "{fine}");
    }
}

#[test]
fn items_that_are_no_plain_impl() {
    for item in [
        "struct S;",
        "fn f() {}",
        "impl Channel for S {}",
        "unsafe impl S { }",
    ] {
        assert!(
            errors(item)[0].contains("`#[channel]` goes on `impl Type { .. }`"),
            "{item}"
        );
    }
    assert!(one_error("impl<'a> S<'a> {}").contains("a channel owns its state"));
}

const JOIN: &str = "fn join() -> Self { S }";

fn with(method: &str) -> String {
    one_error(&format!("impl S {{ {JOIN} {method} }}"))
}

#[test]
fn methods_that_were_meant_otherwise() {
    assert!(one_error("impl S {}").contains("add `async fn join(..) -> Result<Self, JoinError>`"));
    assert!(one_error("impl S { fn jion() -> Self { S } }").contains("did you mean `join`?"));
    for (method, message) in [
        (
            "fn handel_info(&mut self, info: u8, out: &mut Outlet) {}",
            "did you mean `handle_info`?",
        ),
        (
            "fn terminat(self, reason: Reason) {}",
            "did you mean `terminate`?",
        ),
        (
            "fn handle_out(&mut self) {}",
            "`handle_out` needs the names of its events",
        ),
        (
            "#[handel_in(\"a\")] fn a(&mut self) {}",
            "did you mean `#[handle_in(..)]`?",
        ),
        (
            "#[intercept(\"a\")] fn a(&mut self) {}",
            "write `#[handle_out(\"event\")]`",
        ),
        (
            "#[terminate] fn terminate(self, reason: Reason) {}",
            "is found by its name",
        ),
        ("type Info = u8;", "`Info` is taken from `handle_info`"),
        (
            "type Socket = A;",
            "`Socket` is taken from `#[channel(..)]`",
        ),
        ("const INTERCEPT: u8 = 1;", "is written by `#[channel]`"),
        (JOIN, "`join` is defined twice"),
    ] {
        let error = with(method);
        assert!(error.contains(message), "{method}: {error}");
    }
    let helpers =
        "fn joins(&self) -> bool { true } fn terminated(&self) -> u8 { 0 } fn handle(&self) {}";
    assert_eq!(errors(&format!("impl S {{ {JOIN} {helpers} }}")), [""; 0]);
}

#[test]
fn events_that_can_not_be_handled() {
    for (method, message) in [
        (
            "#[handle_in] fn a(&mut self) {}",
            "a method named `handle_in` without attribute",
        ),
        (
            "#[handle_out] fn a(&mut self) {}",
            "`#[handle_out]` needs the name of an event",
        ),
        (
            "#[handle_in()] fn a(&mut self) {}",
            "needs the name of an event",
        ),
        ("#[handle_in = \"a\"] fn a(&mut self) {}", "in parentheses"),
        ("#[handle_in(A)] fn a(&mut self) {}", "is a string literal"),
        (
            "#[handle_in(\"\")] fn a(&mut self) {}",
            "this event has no name",
        ),
        (
            "#[handle_in(\"a\", \"a\")] fn a(&mut self) {}",
            "`a` is handled twice",
        ),
        (
            "#[handle_in(\"phx_leave\")] fn a(&mut self) {}",
            "write `terminate`",
        ),
        (
            "#[handle_out(\"phx_close\")] fn a(&mut self) {}",
            "never reach a channel",
        ),
    ] {
        let error = with(method);
        assert!(error.contains(message), "{method}: {error}");
    }
    let both = "#[handle_in(\"a\")] #[handle_out(\"a\")] fn a(&mut self) {} #[handle_in(\"b\", \"c\")] fn b(&mut self) {}";
    assert_eq!(errors(&format!("impl S {{ {JOIN} {both} }}")), [""; 0]);
}

#[test]
fn methods_of_another_shape() {
    for (signature, note) in [
        ("fn a()", "it takes `&mut self`"),
        ("fn a(&self)", "it takes `&mut self`"),
        ("fn a(self)", "it takes `&mut self`"),
        (
            "fn a(&mut self, out: &mut Outlet, a: u8)",
            "the payload comes first",
        ),
        (
            "fn a(&mut self, a: u8, out: u8)",
            "its last argument is `out: &mut Outlet`",
        ),
        (
            "fn a(&mut self, a: u8, b: u8, out: &mut Outlet)",
            "at most 2 arguments besides `self`, this has 3",
        ),
        ("fn a(&mut self, a: &str)", "must own its data"),
        ("fn a(&mut self, a: impl Send, out: &mut Outlet)", "name it"),
        ("fn a<T>(&mut self, a: T)", "no generic parameters"),
        (
            "unsafe fn a(&mut self)",
            "neither `const`, `unsafe` nor `extern`",
        ),
    ] {
        let error = with(&format!("#[handle_in(\"a\")] {signature} {{}}"));
        assert!(
            error.contains("`a` has the wrong shape") && error.contains(note),
            "{signature}: {error}"
        );
    }
    for (method, note) in [
        (
            "fn handle_in(&mut self, event: Event) {}",
            "it takes 2 arguments besides `self`, this has 1",
        ),
        (
            "fn handle_info(&mut self, info: &str, out: &mut Outlet) {}",
            "must own its data",
        ),
        (
            "fn terminate(&mut self, reason: Reason) {}",
            "it takes `self` by value",
        ),
        (
            "async fn terminate(self, reason: Reason) {}",
            "is not async",
        ),
    ] {
        let error = with(method);
        assert!(
            error.contains("has the wrong shape") && error.contains(note),
            "{method}: {error}"
        );
    }
    assert!(one_error("impl S { fn join(self) -> Self { S } }").contains("it has no `self`"));
    assert!(one_error("impl S { fn join() {} }").contains("it returns a value"));
}

#[test]
fn arguments_that_can_not_be_taken() {
    for (argument, message) in [
        (
            "#[rest] #[payload] a: u8",
            "either `#[rest]` or `#[payload]`, not both",
        ),
        ("#[rest] #[rest] a: u8", "`#[rest]` is written twice"),
        ("#[rest] a: u8, #[rest] b: u8", "`#[rest]` is taken twice"),
        ("#[pyload] a: u8", "did you mean `#[payload]`?"),
        ("#[payload(default)] a: u8", "`#[payload]` takes no options"),
        ("#[param] a: u8", "write `#[payload]`"),
        ("#[info] a: u8", "keep it in a field of the socket"),
        ("#[assigns] a: u8", "take it as `&'static T`"),
        (
            "#[rest] a: &u8",
            "take `&str`, or a type that implements `FromStr`",
        ),
        ("#[payload] a: &str", "take `String` instead of `&str`"),
        ("a: impl Send", "name it"),
    ] {
        let error = one_error(&format!("impl S {{ fn join({argument}) -> Self {{ S }} }}"));
        assert!(error.contains(message), "{argument}: {error}");
    }
    assert!(
        with("#[handle_in(\"a\")] fn a(&mut self, #[payload] a: u8) {}").contains("by its place")
    );
    assert!(with("fn other(#[rest] &self) {}").contains("belongs to arguments of `join`"));
}

#[test]
fn all_errors_come_at_once() {
    let item =
        "impl S { fn jion() -> Self { S } #[handle_in] fn a(&self) {} fn terminate(self) {} }";
    let found = testing::errors(run("", item));
    assert_eq!(found.len(), 5, "{found:#?}");
}
