//! Every recorded case.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use landfall::{
    Endpoint, Handle,
    config::{Secret, Setting, Settings},
    session::{Session, SessionOptions, Sessions},
    token::{Digest, KeyOptions, Term, TokenError, Tokens},
};
use serde_json::{Value, json};
use tower::{Service, ServiceExt};

fn cases() -> Vec<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/tokens.json");
    let golden: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    golden["cases"].as_array().unwrap().clone()
}

fn recorded(result: &Value) -> Result<Value, TokenError> {
    match result["error"].as_str() {
        Some(":expired") => Err(TokenError::Expired),
        Some(":missing") => Err(TokenError::Missing),
        Some(":invalid") => Err(TokenError::Invalid),
        Some(other) => panic!("{other}"),
        None => Ok(result["ok"].clone()),
    }
}

fn options(words: &str) -> (KeyOptions, Option<Duration>) {
    let default = KeyOptions::DEFAULT;
    match words {
        "" => (default, None),
        "[key_length: 16]" => (
            KeyOptions {
                length: 16,
                ..default
            },
            None,
        ),
        "[key_iterations: 1]" => (
            KeyOptions {
                iterations: 1,
                ..default
            },
            None,
        ),
        "[key_digest: :sha512]" => (
            KeyOptions {
                digest: Digest::Sha512,
                ..default
            },
            None,
        ),
        "[max_age: 10]" => (default, Some(Duration::from_secs(10))),
        other => panic!("{other}"),
    }
}

fn tokens(secret: &str, salt: &str) -> Tokens {
    Tokens::new(&Secret::from(secret), salt).unwrap()
}

/// Makes and reads a recorded token. OTP 25 writes atoms in another way: its tokens are only read.
fn signed(case: &Value) {
    let input = &case["input"];
    let (key, max_age) = options(input["opts"].as_str().unwrap_or_default());
    let plain = tokens(
        input["secret_key_base"].as_str().unwrap(),
        input["salt"].as_str().unwrap(),
    );
    let keyed = plain.clone().key(key);
    let making = max_age.into_iter().fold(keyed.clone(), Tokens::max_age);
    let at = UNIX_EPOCH + Duration::from_secs(input["signed_at"].as_u64().unwrap());
    let token = case["token"].as_str().unwrap();
    let made = match input["data"].as_str().unwrap() {
        "{:v1, \"x\"}" => None,
        data => Some(
            making
                .sign_at(&serde_json::from_str::<Value>(data).unwrap(), at)
                .unwrap(),
        ),
    };
    assert_eq!(made.as_deref().unwrap_or(token), token, "{case}");
    if let Some(payload) = case["parts"]["payload_hex"].as_str() {
        let payload = data_encoding::HEXLOWER.decode(payload.as_bytes()).unwrap();
        assert!(matches!(Term::decode(&payload), Some(Term::Tuple(parts)) if parts.len() == 3));
    }
    let for_ever = keyed.clone().never_expire();
    match &case["verify_max_age_infinity"] {
        Value::Null => {
            assert_eq!(
                for_ever.verify::<Value>(token),
                recorded(&case["verify_same_opts"]),
                "{case}"
            );
            let verified = plain.never_expire().verify::<Value>(token);
            assert_eq!(verified, recorded(&case["verify_default_opts"]), "{case}");
        }
        result if result["ok"][0] == ":v1" => {
            assert_eq!(
                for_ever.verify::<Value>(token),
                Ok(json!(["v1", "x"])),
                "{case}"
            );
        }
        result => assert_eq!(for_ever.verify::<Value>(token), recorded(result), "{case}"),
    }
}

const SECRET: &str = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk";

fn aged(max_age: Option<u64>, seconds: u64, own_age: Option<u64>) -> Result<Value, TokenError> {
    let plain = tokens(SECRET, "salt");
    let set = |tokens: Tokens, age: Option<u64>| {
        age.map(Duration::from_secs)
            .into_iter()
            .fold(tokens, Tokens::max_age)
    };
    let signed_at = SystemTime::now() - Duration::from_secs(seconds);
    let token = set(plain.clone(), own_age).sign_at(&1, signed_at).unwrap();
    set(plain, max_age).verify(token.as_str())
}

fn verified(what: &str) -> Option<Result<Value, TokenError>> {
    const DAY: u64 = 24 * 3600;
    let plain = tokens(SECRET, "salt");
    Some(match what {
        "fresh token, default max_age" => aged(None, 0, None),
        "fresh token, max_age 10" => aged(Some(10), 0, None),
        "100 s old, max_age 200" => aged(Some(200), 100, None),
        "100 s old, max_age 0" => aged(Some(0), 100, None),
        "fresh, max_age 0" => aged(Some(0), 0, None),
        "2 days old, default max_age" => aged(None, 2 * DAY, None),
        "signed with max_age 50, 100 s old, verify default" => aged(None, 100, Some(50)),
        "signed with max_age 50, 100 s old, verify max_age 200" => aged(Some(200), 100, Some(50)),
        "wrong secret" => plain.verify(tokens(&"q".repeat(64), "salt").sign(&1).unwrap().as_str()),
        "nil token" => plain.verify(None),
        "garbage token" => plain.verify("garbage"),
        "two dots of garbage" => plain.verify("a.b.c"),
        "token with a trailing newline" => {
            plain.verify(format!("{}\n", plain.sign(&1).unwrap()).as_str())
        }
        "endpoint module as context" => plain.verify(plain.sign("x").unwrap().as_str()),
        "decrypt with another salt" => {
            plain.decrypt(tokens(SECRET, "other").encrypt(&1).unwrap().as_str())
        }
        "decrypt a signed token" => plain.decrypt(plain.sign(&1).unwrap().as_str()),
        "decrypt nil" => plain.decrypt(None),
        _ => return None,
    })
}

/// Cases that are not a result of `verify` or `decrypt`.
fn other(what: &str, result: &Value) -> bool {
    let plain = tokens(SECRET, "salt");
    match what {
        // Rust's types rule these out.
        "100 s old, max_age nil" | "token not a binary" => result["raises"].is_string(),
        "secret too short" => Tokens::new(&Secret::from("short"), "salt").is_err(),
        "secret of 20 bytes" => {
            Tokens::new(&Secret::from("k".repeat(20)), "salt").is_ok() && *result == json!(true)
        }
        "encrypt and decrypt" => {
            plain.decrypt::<Value>(plain.encrypt(&json!({"a": 1})).unwrap().as_str())
                == Ok(json!({"a": 1}))
        }
        "number of dot-separated parts in an encrypted token" => {
            plain.encrypt(&1).unwrap().split('.').count() as u64 == result.as_u64().unwrap()
        }
        "encrypt is not deterministic" => plain.encrypt(&1).unwrap() != plain.encrypt(&1).unwrap(),
        _ => false,
    }
}

#[tokio::test]
async fn every_recorded_token_is_made_and_read_as_there() {
    for case in cases() {
        let name = case["name"].as_str().unwrap();
        let result = &case["result"];
        match name.split_once(": ") {
            None if case["token"].is_string() => signed(&case),
            Some(("verify", what)) => match verified(what) {
                Some(verified) => assert_eq!(verified, recorded(result), "{name}"),
                None => assert!(other(what, result), "{name}"),
            },
            Some(("csrf", _)) => csrf(result).await,
            // This case describes a transport in words.
            _ => assert_eq!(name, "longpoll token"),
        }
    }
}

const SESSION: SessionOptions = SessionOptions::new("_peer_key", "peer_salt");

landfall::endpoint! {
    #[allow(deprecated, reason = "it serves nothing")]
    struct Empty;
}

/// A CSRF token does not depend on the secret, and an endpoint refuses that of the record.
const GUESSED_BY_NOBODY: &str = "sixty-four bytes, of which nobody who reads them could guess one";

/// The session that a request with the recorded state would bring.
async fn csrf(result: &Value) {
    let set =
        |settings: &mut Settings| settings.secret_key_base = Setting::given(GUESSED_BY_NOBODY);
    let running = Empty::builder().settings(set).start().await.unwrap();
    let session = session_of(running.handle(), "").await;
    assert!(
        !session.is_csrf_token(result["example_masked"].as_str().unwrap()),
        "nil_state"
    );
    session.insert("_csrf_token", "short").unwrap();
    assert!(
        !session.is_csrf_token(result["example_masked"].as_str().unwrap()),
        "short state"
    );

    let (stored, masked) = (
        &result["example_stored"],
        result["example_masked"].as_str().unwrap(),
    );
    session.insert("_csrf_token", stored).unwrap();
    assert!(session.is_csrf_token(masked));
    let (one, two) = (session.csrf_token(), session.csrf_token());
    assert!(session.is_csrf_token(&one) && session.is_csrf_token(&two));
    assert!(one != two && one.len() as u64 == result["masked_length"].as_u64().unwrap());
    for wrong in ["", "garbage", stored.as_str().unwrap()] {
        assert!(!session.is_csrf_token(wrong), "{wrong}");
    }
    running.shutdown().await.unwrap();
}

async fn session_of(handle: &Handle, cookie: &str) -> Session {
    let found = std::sync::Arc::new(std::sync::Mutex::new(None));
    let keep = found.clone();
    let service = tower::service_fn(move |request: http::Request<landfall::Body>| {
        *keep.lock().unwrap() = request.extensions().get::<Session>().cloned();
        async { Ok::<_, std::convert::Infallible>(http::Response::new(landfall::Body::default())) }
    });
    let mut service = tower::Layer::layer(&Sessions::new(&SESSION), service);
    let mut request = http::Request::new(landfall::Body::default());
    request.extensions_mut().insert(handle.clone());
    request
        .headers_mut()
        .insert("cookie", cookie.parse().unwrap());
    service.ready().await.unwrap().call(request).await.unwrap();
    let session = found.lock().unwrap().take();
    session.unwrap()
}
