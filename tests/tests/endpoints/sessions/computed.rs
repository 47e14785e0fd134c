//! Sessions whose options a function computes, for each request or at the start.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};

use http::{Request, Response, request::Parts};
use landfall::{
    Body, Endpoint, Handle, endpoint,
    session::{self, Session, SessionOptions, Sessions},
};
use landfall_tests::wire::{Request as Wire, Response as Answer};
use serde_json::{Value, json};

use super::site::{SECRET, Started, Who, cookie, page, started};

const SESSION: SessionOptions = SessionOptions::new("_shop", "signing salt");

/// The salts, the current one first.
#[derive(Clone, Default)]
struct Salts(Arc<Mutex<Vec<&'static str>>>);

impl Salts {
    fn get(&self) -> Vec<&'static str> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, salts: &[&'static str]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = salts.to_vec();
    }
}

/// Each shop has cookies of its own, and each salt too.
fn session_of(request: &Parts, handle: &Handle) -> Vec<SessionOptions<String>> {
    let shop = session::host(request).split('.').next().unwrap().to_owned();
    if shop == "broken" {
        panic!("as asked");
    }
    let salts = handle.state::<Salts>().unwrap().get().into_iter();
    let of = |salt: &str| SessionOptions {
        key: format!("_shop_{salt}"),
        signing_salt: format!("{shop} {salt} signing"),
        ..SESSION.owned()
    };
    salts.map(of).collect()
}

fn of_any(_: &Parts) -> SessionOptions {
    SESSION
}

endpoint! {
    struct Shops;

    state = Salts;
    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    secret_key_base = SECRET;
    socket("/cart", Who, websocket(connect_info = [session(session_of)]));
    socket("/any", Who, websocket(connect_info = [session(of_any)]));
    socket("/short", Who, websocket(connect_info = [session(|request| SessionOptions { key: request.uri.path().len().to_string(), ..SESSION.owned() })]));
    socket("/state", Who, websocket(connect_info = [session(|_, handle| {
        let salts = handle.state::<Salts>().unwrap().get();
        [SessionOptions { signing_salt: salts.concat(), ..SESSION.owned() }]
    })]));
    plug(Sessions::by(session_of));
    service(tower::service_fn(page));
}

endpoint! {
    /// It knows its salt when it starts.
    struct Later;

    state = Salts;
    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    secret_key_base = SECRET;
    plug(|later| Sessions::with(SessionOptions { signing_salt: later.state().get().concat(), ..SESSION.owned() }));
    service(tower::service_fn(name));
}

async fn name(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let session = request.extensions().get::<Session>().unwrap();
    session.insert("user", "ann").unwrap();
    Ok(Response::new(Body::from(session.csrf_token())))
}

async fn shops(salts: &[&'static str]) -> (Started<Shops>, Salts) {
    let state = Salts::default();
    state.set(salts);
    let running = Shops::builder_with(state.clone()).start().await.unwrap();
    (started(running), state)
}

fn at(host: &str, target: &str, cookie: &str) -> Wire {
    let mut request = Wire::get(target).header("cookie", cookie);
    request.headers[0].1 = host.to_owned();
    request
}

/// What a page says, and whether it sets a cookie.
async fn page_of(shops: &Started<Shops>, host: &str, cookie: &str) -> (Value, Answer) {
    let answer = shops.request(&at(host, "/", cookie)).await;
    (serde_json::from_str(&answer.body).unwrap(), answer)
}

#[tokio::test]
async fn each_host_has_its_own_session_on_pages_and_sockets() {
    let (shops, _) = shops(&["first"]).await;
    let answer = shops.request(&at("tea.example", "/login", "")).await;
    let (cookie, token): (_, String) =
        (cookie(&answer), serde_json::from_str(&answer.body).unwrap());
    assert!(cookie.starts_with("_shop_first="), "{cookie}");
    for (host, user) in [("tea.example", "ann"), ("rum.example", "")] {
        let (said, _) = page_of(&shops, host, &cookie).await;
        assert_eq!(said.get("user").and_then(Value::as_str).unwrap_or(""), user);
        let target = format!("/cart/websocket?_csrf_token={token}");
        let mut upgrade = Wire::upgrade(&target).header("cookie", &cookie);
        upgrade.headers[0].1 = host.to_owned();
        let expected =
            json!({ "session": !user.is_empty(), "user": (!user.is_empty()).then_some(user) });
        assert_eq!(shops.seen_by(&upgrade).await, expected, "{host}");
    }
    shops.running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_salt_is_replaced_and_nobody_is_logged_out() {
    let (shops, salts) = shops(&["first"]).await;
    let old = cookie(&shops.request(&at("tea.example", "/login", "")).await);
    salts.set(&["second", "first"]);
    let (said, answer) = page_of(&shops, "tea.example", &old).await;
    assert_eq!(said["user"], "ann");
    let new = cookie(&answer);
    assert!(new.starts_with("_shop_second="), "{new}");

    // What was written anew is not written again.
    let (said, answer) = page_of(&shops, "tea.example", &format!("{old}; {new}")).await;
    assert_eq!(
        (&said["user"], answer.header("set-cookie")),
        (&json!("ann"), None)
    );

    // Both cookies are deleted together: the old one would bring the session back.
    let answer = shops.request(&at("tea.example", "/logout", &new)).await;
    let headers = answer.headers.iter();
    let deleted: Vec<_> = headers
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, value)| value.split('=').next().unwrap())
        .collect();
    assert_eq!(deleted, ["_shop_second", "_shop_first"]);

    salts.set(&["second"]);
    let (said, _) = page_of(&shops, "tea.example", &old).await;
    assert_eq!(said, json!({}));
    let (said, _) = page_of(&shops, "tea.example", &new).await;
    assert_eq!(said["user"], "ann");
    shops.running.shutdown().await.unwrap();
}

#[tokio::test]
async fn options_that_cannot_work_are_a_failure_of_the_server() {
    for (salts, host) in [(&[][..], "tea.example"), (&["first"], "broken.example")] {
        let (shops, _) = shops(salts).await;
        assert_eq!(shops.request(&at(host, "/", "")).await.status, 500);
        let mut upgrade = Wire::upgrade("/cart/websocket");
        upgrade.headers[0].1 = host.to_owned();
        assert_eq!(shops.request(&upgrade).await.status, 500);
        shops.running.shutdown().await.unwrap();
    }
    // A salt that is too short is refused as in a constant.
    let (shops, salts) = shops(&["short"]).await;
    let state = Wire::upgrade("/state/websocket");
    assert_eq!(shops.request(&state).await.status, 500);
    salts.set(&["as long as a salt has to be"]);
    assert_eq!(shops.seen_by(&state).await["session"], false);
    shops.running.shutdown().await.unwrap();
}

#[tokio::test]
async fn functions_have_several_forms() {
    let (shops, _) = shops(&["first"]).await;
    for path in ["/any", "/short"] {
        let upgrade = Wire::upgrade(&format!("{path}/websocket"));
        assert_eq!(shops.seen_by(&upgrade).await["session"], false, "{path}");
    }
    shops.running.shutdown().await.unwrap();
}

#[tokio::test]
async fn options_may_be_known_at_the_start() {
    let state = Salts::default();
    state.set(&["later than the compiler"]);
    let later = started(Later::builder_with(state).start().await.unwrap());
    assert!(cookie(&later.get("/", "").await).starts_with("_shop="));
    later.running.shutdown().await.unwrap();
}
