//! Endpoints that differ in `force_ssl` only.
//!
//! They are written by hand. `endpoint!` refuses redirects that never end, and a `preload` that no
//! list of browsers takes.

use std::convert::Infallible;

use http::{HeaderValue, Request, Response};
use landfall::{
    Body, Endpoint, EndpointHandle, Running,
    config::{Group, Http, Https, Setting, Settings, Url},
    endpoint::{EndpointDef, Exclude, ForceSsl, Forwarded, Pipeline, SecureHost},
    mount::{LongPoll, Mount, SocketDef},
};
use rcgen::{CertifiedKey, generate_simple_self_signed};

use super::{
    Shared, control, diary::Diary, sessions::SECRET, sockets::PlainSocket, start, start_with,
};

/// The configuration of each endpoint.
const CASES: [ForceSsl; 6] = [
    ForceSsl::DEFAULT,
    ForceSsl {
        rewrite_on: &[Forwarded::Proto, Forwarded::Host, Forwarded::Port],
        ..ForceSsl::DEFAULT
    },
    ForceSsl {
        host: SecureHost::Named("secure.example.org:8443"),
        exclude: Exclude::Hosts(&["skip.example.com"]),
        ..ForceSsl::DEFAULT
    },
    ForceSsl {
        host: SecureHost::Conn,
        hsts: false,
        ..ForceSsl::DEFAULT
    },
    ForceSsl {
        expires: 1000,
        subdomains: true,
        preload: true,
        ..ForceSsl::DEFAULT
    },
    ForceSsl::DEFAULT,
];

const MOUNT: Mount = Mount::new("/echo", SocketDef::of::<PlainSocket, Diary>("PlainSocket"))
    .longpoll(LongPoll::DEFAULT);

/// All endpoints, running.
#[derive(Debug)]
pub(super) struct All {
    plain: Running<Forced<0>>,
    rewriting: Running<Forced<1>>,
    elsewhere: Running<Forced<2>>,
    unmarked: Running<Forced<3>>,
    preloaded: Running<Forced<4>>,
    secure: Running<Forced<5>>,
}

impl All {
    /// They listen on the ports after `base_port`.
    pub(super) async fn start(base_port: u16, shared: &Shared) -> Result<Self, landfall::Error> {
        Ok(All {
            plain: start(base_port + 1, shared).await?,
            rewriting: start(base_port + 2, shared).await?,
            elsewhere: start(base_port + 3, shared).await?,
            unmarked: start(base_port + 4, shared).await?,
            preloaded: start_with(base_port + 5, Some(https(base_port + 6)), shared).await?,
            secure: start_with(base_port + 7, Some(https(base_port + 8)), shared).await?,
        })
    }

    pub(super) async fn shutdown(self) -> Result<(), landfall::Error> {
        self.plain.shutdown().await?;
        self.rewriting.shutdown().await?;
        self.elsewhere.shutdown().await?;
        self.unmarked.shutdown().await?;
        self.preloaded.shutdown().await?;
        self.secure.shutdown().await
    }
}

/// An endpoint with one of [`CASES`].
#[derive(Debug)]
struct Forced<const CASE: usize>;

impl<const CASE: usize> Endpoint for Forced<CASE> {
    type State = Diary;
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Forced",
        mounts: &[MOUNT],
        force_ssl: Some(CASES[CASE]),
        ..EndpointDef::DEFAULT
    };

    fn settings() -> Settings {
        Settings {
            url: Url {
                host: Setting::given("example.com"),
                ..Url::DEFAULT
            },
            http: Group::on(Http {
                ip: Setting::given([127, 0, 0, 1]),
                ..Http::DEFAULT
            }),
            secret_key_base: Setting::given(SECRET),
            trusted_proxies: Setting::given(["127.0.0.1"]),
            server: Setting::exact(true),
            ..Settings::DEFAULT
        }
    }

    fn pipeline(_: &EndpointHandle<Self>) -> Pipeline {
        Pipeline::new(tower::service_fn(page))
    }
}

/// A page with the header that Phoenix's pipeline of plugs adds.
async fn page(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let mut response = control::answer(request).await?;
    let headers = response.headers_mut();
    headers.insert("x-request-id", HeaderValue::from_static("page"));
    Ok(response)
}

/// `https` with a self-signed certificate.
fn https(port: u16) -> Https {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["example.com".to_owned()]).expect("a certificate");
    Https {
        ip: Setting::given([127, 0, 0, 1]),
        port: Setting::exact(port),
        cert: Setting::given(cert.pem()),
        key: Setting::given(signing_key.serialize_pem()),
        ..Https::DEFAULT
    }
}
