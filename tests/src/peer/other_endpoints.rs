//! Endpoints that differ in `url` and `check_origin`, and one that is stopped and started.
//!
//! They have the first one's secret and PubSub: each serves the longpoll sessions of all.

use landfall::endpoint;

use super::{control, diary::Diary, sessions::SECRET, sockets::PlainSocket, users::LoggedSocket};

endpoint! {
    /// Lists origins for all of its mounts.
    #[derive(Debug)]
    pub(super) struct OwnOrigins;

    url(host = "example.com", scheme = "https", port = 443, path = "/app");
    state = Diary;
    http(ip = [127, 0, 0, 1]);
    server = true;
    secret_key_base = SECRET;
    check_origin = ["https://allowed.example.com", "//*.wild.example.com"];
    socket("/echo", PlainSocket, longpoll(window = millis(400)));
    service(tower::service_fn(control::answer));
}

endpoint! {
    /// Admits the origins of its own host.
    #[derive(Debug)]
    pub(super) struct HostOnly;

    url(host = "example.com");
    state = Diary;
    http(ip = [127, 0, 0, 1]);
    server = true;
    secret_key_base = SECRET;
    socket("/echo", PlainSocket, longpoll(window = millis(400)));
    service(tower::service_fn(control::answer));
}

endpoint! {
    /// Has no host in its `url`.
    #[derive(Debug)]
    pub(super) struct NoHost;

    state = Diary;
    http(ip = [127, 0, 0, 1]);
    server = true;
    secret_key_base = SECRET;
    socket("/echo", PlainSocket, longpoll(window = millis(400)));
    service(tower::service_fn(control::answer));
}

endpoint! {
    /// Admits every origin.
    #[derive(Debug)]
    pub(super) struct Unchecked;

    url(host = "example.com");
    state = Diary;
    http(ip = [127, 0, 0, 1]);
    server = true;
    secret_key_base = SECRET;
    check_origin = insecure(false, reason = "the cases are about an endpoint without the check");
    socket("/echo", PlainSocket, longpoll(window = millis(400)));
    service(tower::service_fn(control::answer));
}

endpoint! {
    /// Tests stop it.
    #[derive(Debug)]
    pub(super) struct Stopper;

    state = Diary;
    http(ip = [127, 0, 0, 1]);
    server = true;
    secret_key_base = SECRET;
    socket("/echo", PlainSocket, longpoll(window = secs(5)));
    socket("/socket", LoggedSocket);
    service(tower::service_fn(control::answer));
}
