use std::sync::LazyLock;

use proptest::prelude::*;
use tokio::runtime::Runtime;

use super::*;
use crate::{
    config::{Config, Secret},
    crypto::Digest,
    pubsub::PubSub,
    socket::Params,
    state::AppState,
};

const SECRET: &str = "a secret of 64 bytes that only this endpoint knows, or so it hopes";

fn endpoint(secret: Option<&str>) -> Handle {
    let runtime = Runtime::new().expect("a runtime");
    let _entered = runtime.enter();
    let mut config = Config::default();
    config.secret_key_base = secret.map(Secret::from);
    Handle::new("Site", config, PubSub::new(), AppState::default())
}

fn ticket() -> Ticket {
    Ticket {
        context: HOME.clone(),
        node: "node".to_owned(),
        endpoint: "endpoint".to_owned(),
        session: "session".to_owned(),
        opened: now(),
        mark: Bookmark { upto: 7, answer: 3 },
    }
}

static HOME: LazyLock<Context> =
    LazyLock::new(|| Context::new(["Site", "/talk", "/longpoll"], &Params::EMPTY));

fn write(handle: &Handle, ticket: &Ticket, crypto: TokenOptions) -> String {
    ticket.write(handle, crypto).expect("a secret")
}

#[test]
fn what_is_written_is_read() {
    let handle = endpoint(Some(SECRET));
    for mark in [
        Bookmark::default(),
        Bookmark {
            upto: u64::MAX,
            answer: u64::MAX,
        },
    ] {
        let ticket = Ticket { mark, ..ticket() };
        let token = write(&handle, &ticket, TokenOptions::DEFAULT);
        assert!(
            token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)),
            "{token}"
        );
        assert_eq!(
            Ticket::read(&handle, TokenOptions::DEFAULT, HOME.clone(), &token),
            Ok(ticket)
        );
    }
}

#[test]
fn every_byte_counts() {
    let handle = endpoint(Some(SECRET));
    let token = write(&handle, &ticket(), TokenOptions::DEFAULT);
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] ^= 1 << (at % 7);
        let changed = String::from_utf8(changed).expect("ASCII");
        assert_eq!(
            Ticket::read(&handle, TokenOptions::DEFAULT, HOME.clone(), &changed),
            Err(TokenError::Invalid),
            "{changed}"
        );
        assert_eq!(
            Ticket::read(&handle, TokenOptions::DEFAULT, HOME.clone(), &token[..at]),
            Err(TokenError::Invalid)
        );
    }
}

#[test]
fn other_keys_open_nothing() {
    let handle = endpoint(Some(SECRET));
    let token = write(&handle, &ticket(), TokenOptions::DEFAULT);
    let foreign = endpoint(Some(
        "another secret of 64 bytes, which belongs to somebody else, I guess",
    ));
    assert_eq!(
        Ticket::read(&foreign, TokenOptions::DEFAULT, HOME.clone(), &token),
        Err(TokenError::Invalid)
    );
    for crypto in [
        TokenOptions {
            key_iterations: 999,
            ..TokenOptions::DEFAULT
        },
        TokenOptions {
            key_length: 64,
            ..TokenOptions::DEFAULT
        },
        TokenOptions {
            key_digest: Digest::Sha512,
            ..TokenOptions::DEFAULT
        },
    ] {
        assert_eq!(
            Ticket::read(&handle, crypto, HOME.clone(), &token),
            Err(TokenError::Invalid),
            "{crypto:?}"
        );
        let own = write(&handle, &ticket(), crypto);
        assert!(
            Ticket::read(&handle, crypto, HOME.clone(), &own).is_ok(),
            "{crypto:?}"
        );
    }
    assert_eq!(ticket().write(&endpoint(None), TokenOptions::DEFAULT), None);
    assert_eq!(
        Ticket::read(&endpoint(None), TokenOptions::DEFAULT, HOME.clone(), &token),
        Err(TokenError::Invalid)
    );
}

/// Signed by the endpoint, and yet no token of a session.
#[test]
fn other_forms_open_nothing() {
    let handle = endpoint(Some(SECRET));
    let tokens = handle.tokens(SALT).expect("a secret");
    let sign = |form: &str| {
        tokens
            .sign(&(
                form,
                HOME.as_str(),
                "node",
                "endpoint",
                "session",
                1_u64,
                2_u64,
                3_u64,
            ))
            .expect("a token")
    };
    assert!(Ticket::read(&handle, TokenOptions::DEFAULT, HOME.clone(), &sign(FORM)).is_ok());
    for token in [
        sign("lf0"),
        sign(""),
        tokens.sign("session").expect("a token"),
        tokens
            .sign(&(FORM, HOME.as_str(), "node", "endpoint", "session"))
            .expect("a token"),
        tokens
            .sign(&(
                FORM,
                HOME.as_str(),
                "node",
                "endpoint",
                "session",
                -1_i64,
                2_u64,
                3_u64,
            ))
            .expect("a token"),
        tokens
            .sign(&(
                FORM,
                HOME.as_str(),
                "node",
                "endpoint",
                "session",
                1_u64,
                2_u64,
                3_u64,
                4_u64,
            ))
            .expect("a token"),
        tokens
            .encrypt(&(
                FORM,
                HOME.as_str(),
                "node",
                "endpoint",
                "session",
                1_u64,
                2_u64,
                3_u64,
            ))
            .expect("a token"),
    ] {
        assert_eq!(
            Ticket::read(&handle, TokenOptions::DEFAULT, HOME.clone(), &token),
            Err(TokenError::Invalid),
            "{token}"
        );
    }
}

#[test]
fn other_contexts_open_nothing() {
    let handle = endpoint(Some(SECRET));
    let token = write(&handle, &ticket(), TokenOptions::DEFAULT);
    for (names, variables) in [
        (["Other", "/talk", "/longpoll"], Params::EMPTY),
        (["Site", "/any", "/longpoll"], Params::EMPTY),
        (["Site", "/talk", "/lp"], Params::EMPTY),
        (
            ["Site", "/talk", "/longpoll"],
            Params::from_iter([("room", "7")]),
        ),
    ] {
        let other = Context::new(names, &variables);
        assert_eq!(
            Ticket::read(&handle, TokenOptions::DEFAULT, other, &token),
            Err(TokenError::Invalid)
        );
    }
}

#[test]
fn its_age_is_the_sessions() {
    let handle = endpoint(Some(SECRET));
    let crypto = TokenOptions {
        max_age: Duration::from_secs(60),
        ..TokenOptions::DEFAULT
    };
    for (age, good) in [(0, true), (59_000, true), (61_000, false)] {
        let ticket = Ticket {
            opened: now() - age,
            ..ticket()
        };
        let read = Ticket::read(
            &handle,
            crypto,
            HOME.clone(),
            &write(&handle, &ticket, crypto),
        );
        assert_eq!(
            read,
            if good {
                Ok(ticket)
            } else {
                Err(TokenError::Expired)
            },
            "{age}"
        );
    }
}

proptest! {
    #[test]
    fn no_text_is_a_token(text: String, dots in "[A-Za-z0-9_.-]{0,200}") {
        static HANDLE: LazyLock<Handle> = LazyLock::new(|| endpoint(Some(SECRET)));
        prop_assert_eq!(Ticket::read(&HANDLE, TokenOptions::DEFAULT, HOME.clone(), &text), Err(TokenError::Invalid));
        prop_assert_eq!(Ticket::read(&HANDLE, TokenOptions::DEFAULT, HOME.clone(), &dots), Err(TokenError::Invalid));
    }
}
