//! The first endpoint: a mount for each configuration.

use http::Request;
use landfall::{
    Body, Endpoint, EndpointHandle,
    config::Settings,
    endpoint,
    endpoint::{EndpointDef, Pipeline},
    mount::{Mount, SocketDef, WebSocket},
    origin::Origin,
    session::Sessions,
};
use tower::{Layer, ServiceExt};

use super::{
    control,
    diary::Diary,
    echo::handle_error,
    fan::FanSocket,
    files, sessions,
    sockets::{
        AgentSocket, ControlSocket, EchoSocket, InitSocket, NobodySocket, PlainSocket,
        SessionSocket,
    },
    users::{FirstVersionSocket, LoggedSocket, UserSocket},
};

/// Serves every configuration that cases name, including those that `endpoint!` refuses.
pub(super) struct Main;

impl Endpoint for Main {
    type State = Diary;
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Main",
        mounts: &MOUNTS,
        ..EndpointDef::DEFAULT
    };

    fn settings() -> Settings {
        Declared::settings()
    }

    fn pipeline(edge: &EndpointHandle<Self>) -> Pipeline {
        let embedded = edge.state().embedded;
        let files = files::around(tower::service_fn(control::answer), embedded);
        // Benchmarks and control requests do not pass through the plugs for files.
        let service = tower::service_fn(move |request: Request<Body>| {
            let files = (!control::serves(request.uri().path())).then(|| files.clone());
            async move {
                match files {
                    Some(files) => Box::pin(files.oneshot(request)).await,
                    None => control::answer(request).await,
                }
            }
        });
        Pipeline::new(Sessions::new(&sessions::PLAIN).layer(service))
    }
}

static MOUNTS: [Mount; Declared::DEF.mounts.len() + REFUSED.len()] = {
    let mut all = [REFUSED[0]; Declared::DEF.mounts.len() + REFUSED.len()];
    let (mut at, declared) = (0, Declared::DEF.mounts);
    while at < all.len() {
        all[at] = if at < declared.len() {
            declared[at]
        } else {
            REFUSED[at - declared.len()]
        };
        at += 1;
    }
    all
};

/// An empty list of subprotocols refuses every client that offers one: it cannot be declared.
const REFUSED: [Mount; 1] = [Mount::new(
    "/sub_empty",
    SocketDef::of::<PlainSocket, Diary>("PlainSocket"),
)
.websocket(WebSocket {
    subprotocols: Some(&[]),
    ..WebSocket::DEFAULT
})];

endpoint! {
    /// The configurations that can be declared.
    struct Declared;

    state = Diary;
    http(ip = [127, 0, 0, 1]);
    server = true;
    secret_key_base = sessions::SECRET;

    socket(
        "/echo",
        EchoSocket,
        websocket(
            connect_info = [
                peer_data,
                trace_context_headers,
                x_headers,
                uri,
                user_agent,
                session(sessions::PLAIN),
                custom_value = "abcdef",
            ],
            error_handler = handle_error,
        ),
        longpoll(
            connect_info = [
                peer_data,
                trace_context_headers,
                x_headers,
                uri,
                user_agent,
                session(sessions::PLAIN),
                custom_value = "abcdef",
            ],
        ),
    );
    socket("/plain", PlainSocket, longpoll(window = millis(400)));
    socket("/control", ControlSocket);
    socket("/init", InitSocket, longpoll(window = millis(400)));
    socket("/sub", PlainSocket, websocket(subprotocols = ["sip", "mqtt"]));
    socket("/sub_bad", NobodySocket);
    socket("/deflate", PlainSocket, websocket(compress = true));
    socket("/maxframe", PlainSocket, websocket(max_frame_size = 1000));
    socket("/timeout", PlainSocket, websocket(timeout = millis(500)));
    socket("/lpshort", PlainSocket, websocket = false, longpoll(window = millis(400), pubsub_timeout = millis(300)));
    socket(
        "/lpcrypto",
        PlainSocket,
        websocket = false,
        longpoll(window = millis(400), pubsub_timeout = millis(300), crypto(max_age = secs(1))),
    );
    socket(
        "/lpother",
        PlainSocket,
        websocket = false,
        longpoll(
            window = millis(400),
            check_origin = insecure(false, reason = "the cases are about a mount without the check"),
        ),
    );
    socket(
        "/ws/:user_id",
        PlainSocket,
        websocket(path = "/project/:project_id"),
        longpoll(path = "/lp/:project_id", window = millis(400)),
    );
    socket("/under/:_hidden/:shown", PlainSocket, websocket(path = "/ws"));
    socket("/globby", PlainSocket, websocket(path = "/*rest"));
    socket("/prefix-:suffix", PlainSocket);
    socket(
        "/custom",
        PlainSocket,
        websocket(path = "/nested/path"),
        longpoll(path = "/poll", window = millis(400)),
    );
    socket("/rootpath", PlainSocket, websocket(path = "/"));
    socket("/wsonly", PlainSocket);
    socket("/lponly", PlainSocket, websocket = false, longpoll(window = millis(400)));

    #[allow(deprecated, reason = "the tests ask from localhost")]
    socket("/co_true", PlainSocket, websocket(check_origin = true));
    socket(
        "/co_false",
        PlainSocket,
        websocket(check_origin = insecure(false, reason = "the case is about a mount without the check")),
    );
    #[allow(deprecated, reason = "the case is about such a list")]
    socket(
        "/co_list",
        PlainSocket,
        websocket(
            check_origin = [
                "https://example.com",
                "//another.com:888",
                "//*.other.com",
                "http://plain.com",
                "https://sec.com:8443",
                "//localhost",
                "https://*.tls.com",
                "//bare.com",
            ],
        ),
    );
    socket("/co_conn", PlainSocket, websocket(check_origin = conn));
    socket("/co_mfa", PlainSocket, websocket(check_origin = is_mfa_example));
    socket("/co_default", PlainSocket);
    socket(
        "/co_lp",
        PlainSocket,
        websocket = false,
        longpoll(check_origin = ["//good.com"], window = millis(400)),
    );
    socket("/clash_a", PlainSocket, websocket(check_origin = ["//a.com"]));
    socket("/clash_b", PlainSocket, websocket(check_origin = ["//b.com"]));

    socket(
        "/sess",
        SessionSocket,
        websocket(connect_info = [session(sessions::PLAIN)]),
        longpoll(window = millis(400), connect_info = [session(sessions::PLAIN)]),
    );
    socket("/sess_enc", SessionSocket, websocket(connect_info = [session(sessions::ENCRYPTED)]));
    socket("/sess_key", SessionSocket, websocket(connect_info = [session(sessions::OTHER_STATE)]));
    socket("/sess_mfa", SessionSocket, websocket(connect_info = [session(sessions::PLAIN)]));
    socket("/info_none", PlainSocket);
    socket("/info_ua", AgentSocket, websocket(connect_info = [user_agent, uri, a = 1, b = "two"]));

    socket("/socket", UserSocket, websocket(error_handler = handle_error), longpoll(window = secs(1)));
    socket("/socket_v1", FirstVersionSocket, longpoll(window = millis(400)));
    socket("/socket_v1t", FirstVersionSocket, longpoll(window = millis(400)));
    socket("/socket_logged", LoggedSocket, longpoll(window = millis(400)));
    #[allow(deprecated, reason = "a test waits for the timeout")]
    socket("/usertimeout", UserSocket, websocket(timeout = millis(500)));

    socket(
        "/fan",
        FanSocket,
        websocket(check_origin = insecure(false, reason = "load generators send any origin")),
    );

}

fn is_mfa_example(origin: &Origin) -> bool {
    origin.host.as_deref() == Some("mfa.example.com")
}
