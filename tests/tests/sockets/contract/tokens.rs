//! A bad token is the client's mistake, however the error of it reaches `connect`'s caller.

use std::error::Error;

use anyhow::Context;
use http::{Response, StatusCode, request::Parts};
use landfall::{
    Body, Endpoint, Handle, Message, Running,
    config::Secret,
    endpoint, socket,
    socket::{Outbox, Refused},
    testing::Network,
    token::{TokenError, Tokens},
};
use landfall_tests::wire::{Connection, Request, Response as Answer};

endpoint! {
    struct Site;

    http(port = 4000);
    server = true;
    secret_key_base = insecure("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", reason = "a test");
    socket("/plain", Plain);
    socket("/any", Any);
    socket("/wrapped", Wrapped);
    socket("/told", Wrapped, websocket(error_handler = explain));
}

fn explain(_: &Parts, refused: Refused) -> Response<Body> {
    let reason = refused.reason().map(ToString::to_string);
    let mut response = Response::new(Body::from(reason.unwrap_or_default()));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

fn user(handle: &Handle, token: Option<String>) -> Result<u32, TokenError> {
    let tokens = handle.tokens("user").expect("a secret");
    tokens.verify(token.as_deref())
}

fn any(handle: &Handle, token: Option<String>) -> anyhow::Result<u32> {
    anyhow::ensure!(token.as_deref() != Some("down"), "the database is down");
    Ok(user(handle, token)?)
}

macro_rules! sockets {
    ($($socket:ident: $result:ty = |$handle:ident, $token:ident| $user:expr;)*) => {$(
        struct $socket;

        #[socket]
        impl $socket {
            async fn connect($handle: Handle, #[param] $token: Option<String>) -> $result {
                let user: u32 = $user;
                assert_eq!(user, 7);
                Ok($socket)
            }

            async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
        }
    )*};
}

sockets! {
    Plain: Result<Self, Refused> = |handle, token| user(&handle, token)?;
    Any: anyhow::Result<Self> = |handle, token| any(&handle, token)?;
    Wrapped: Result<Self, Box<dyn Error + Send + Sync>> = |handle, token| {
        any(&handle, token).context("reading `users.db`")?
    };
}

async fn start() -> (Running<Site>, Network) {
    let (network, listener) = Network::new();
    let site = Site::builder().listener(listener).start();
    (site.await.expect("the site starts"), network)
}

async fn ask(network: &Network, target: &str) -> Answer {
    let mut connection = Connection::through(network).await;
    let request = Request::upgrade(target);
    // An accepted handshake has no body.
    connection.write(&request.to_bytes()).await;
    connection.response(true).await.expect("an answer")
}

#[tokio::test(start_paused = true)]
async fn a_bad_token_is_refused_and_other_errors_are_failures() {
    let (site, network) = start().await;
    let tokens = site.tokens("user").expect("a secret");
    let good = tokens.sign(&7).expect("a token");
    for path in ["/plain", "/any", "/wrapped"] {
        let target = format!("{path}/websocket?token={good}");
        assert_eq!(ask(&network, &target).await.status, 101, "{path}");
        for bad in ["", "?token=bad"] {
            let target = format!("{path}/websocket{bad}");
            assert_eq!(ask(&network, &target).await.status, 403, "{target}");
        }
    }
    for path in ["/any", "/wrapped", "/told"] {
        let target = format!("{path}/websocket?token=down");
        assert_eq!(ask(&network, &target).await.status, 500, "{path}");
    }
    // A handler is told of the token, and not of what was wrapped around it.
    let mut connection = Connection::through(&network).await;
    let request = Request::upgrade("/told/websocket?token=bad");
    let told = connection.request(&request).await.expect("an answer");
    assert_eq!((told.status, &*told.body), (401, "the token is not valid"));
}

#[test]
fn tokens_are_given_as_any_text() {
    let secret = Secret::from("0123456789".repeat(7));
    let tokens = Tokens::new(&secret, "salt").expect("a secret");
    let token: String = tokens.sign(&7).expect("a token");
    assert_eq!(tokens.verify(&token), Ok(7));
    assert_eq!(tokens.verify(token.as_str()), Ok(7));
    assert_eq!(tokens.verify(Some(token.as_str())), Ok(7));
    assert_eq!(tokens.verify::<u8>(None), Err(TokenError::Missing));
    assert_eq!(tokens.verify(token), Ok(7));
    let error = TokenError::Invalid;
    assert!(
        error
            .source()
            .is_some_and(|cause| cause.to_string().contains("another secret"))
    );
}
