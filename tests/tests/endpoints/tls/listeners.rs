//! Listeners side by side, and errors about them.

use landfall::{
    config::{Http, Https, Scheme, Secret, Setting},
    prelude::*,
};

use crate::tls::site::{Authority, Secured, Site, folder};

#[tokio::test]
async fn both_listen_and_urls_say_the_port_of_https() {
    let site = Secured::start().await;
    let [http, https] = [Scheme::Http, Scheme::Https].map(|scheme| site.address(scheme));
    assert_ne!(http.port(), https.port());
    assert_eq!(
        site.running.url(),
        format!("https://localhost:{}", https.port())
    );
    site.running.shutdown().await.expect("a stop");
    assert!(site.running.server_info(Scheme::Https).is_err());
}

/// Other files, the authority for clients, and the finding about a key that does not fit.
#[tokio::test]
async fn a_reload_changes_what_handshakes_are_like() {
    let site = Secured::start().await;
    let mut client = site.client(None).await;
    let other = site.authority.sign("localhost");
    let shown = async || {
        let stream = site.connect(None).await.expect("a handshake");
        let shown = stream.get_ref().1.peer_certificates();
        shown.expect("a certificate").to_vec()
    };
    let before = shown().await;

    let stray = site.authority.sign("localhost").key.serialize_pem();
    let wrong = site.running.reload_with(|settings| {
        settings.url.host = Setting::given("b.com");
        let https = settings.https.get_or_insert(Https::DEFAULT);
        https.key = Setting::given(Secret::from(stray));
    });
    let wrong = wrong.await.expect_err("a stranger's key").to_string();
    assert!(
        wrong.contains("(`https.key` from start options)"),
        "{wrong}"
    );
    assert_eq!(site.running.host(), "localhost");
    assert_eq!(shown().await, before);

    let change = site.running.reload_with(|settings| {
        other.shown(settings.https.get_or_insert(Https::DEFAULT));
    });
    change.await.expect("a reload");
    assert_eq!(shown().await, [other.certificate.der().clone()]);
    site.running.reload_certificates().expect("the new ones");
    assert_eq!(shown().await, [other.certificate.der().clone()]);

    let folder = folder();
    let path = folder.join("authority.pem");
    std::fs::write(&path, site.authority.pem()).expect("a file");
    let change = site.running.reload_with(|settings| {
        let https = settings.https.get_or_insert(Https::DEFAULT);
        https.cacertfile = Setting::given(path);
        https.fail_if_no_peer_cert = Setting::exact(true);
    });
    change.await.expect("a reload");
    let known = site.authority.sign("client");
    let mut second = site.client(Some(&known)).await;
    second.text("who").await;
    assert!(!second.hear_text().await.ends_with(" 0"));

    client.text("still here").await;
    assert_eq!(client.hear_text().await, "still here");
    drop((client, second));
    site.running.shutdown().await.expect("a stop");
    std::fs::remove_dir_all(folder).expect("a folder");
}

#[tokio::test]
async fn certificates_are_read_again_while_sockets_stay_open() {
    let folder = folder();
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| folder.join(name));
    let site = Secured::start_with(|https, authority| {
        let old = authority.sign("localhost");
        std::fs::write(&certificate, old.certificate.pem()).expect("a file");
        std::fs::write(&key, old.key.serialize_pem()).expect("a file");
        *https = Https::DEFAULT;
        https.certfile = Setting::given(certificate.clone());
        https.keyfile = Setting::given(key.clone());
    })
    .await;
    let mut client = site.client(None).await;
    let new = site.authority.sign("localhost");
    std::fs::write(&certificate, new.certificate.pem()).expect("a file");
    let wrong = site
        .running
        .reload_certificates()
        .expect_err("the key is the old one")
        .to_string();
    assert!(
        wrong.contains("key.pem` is not that of the certificate in `"),
        "{wrong}"
    );
    std::fs::write(&key, new.key.serialize_pem()).expect("a file");
    site.running.reload_certificates().expect("both fit");
    let stream = site.connect(None).await.expect("a handshake");
    let shown = stream
        .get_ref()
        .1
        .peer_certificates()
        .expect("a certificate");
    assert_eq!(shown, [new.certificate.der().clone()]);
    client.text("still here").await;
    assert_eq!(client.hear_text().await, "still here");
    std::fs::remove_dir_all(folder).expect("a folder");
}

#[tokio::test]
async fn what_is_wrong_with_https_is_said_with_all_else() {
    let nowhere = folder().join("none.pem");
    let builder = Site::builder().settings(|settings| {
        settings.url.path = Setting::given("x");
        let https = settings.https.get_or_insert(Https::DEFAULT);
        https.certfile = Setting::given(nowhere.clone());
        https.keyfile = Setting::given(nowhere.clone());
        https.fail_if_no_peer_cert = Setting::exact(true);
    });
    let wrong = builder.start().await.expect_err("a wrong configuration");
    let keys: Vec<_> = wrong
        .config_errors()
        .expect("findings")
        .iter()
        .map(|error| error.key().unwrap_or_default())
        .collect();
    assert_eq!(
        keys,
        [
            "url.path",
            "https.certfile",
            "https.keyfile",
            "https.fail_if_no_peer_cert"
        ]
    );
    let wrong = wrong.to_string();
    assert!(
        wrong.contains(&format!(
            "cannot read `{}`: No such file",
            nowhere.display()
        )),
        "{wrong}"
    );
    assert!(wrong.contains("from start options"), "{wrong}");
    let wrong = Site::start().await.expect_err("no certificate").to_string();
    assert!(
        wrong.contains("`https` needs a certificate and a key"),
        "{wrong}"
    );
}

#[tokio::test]
async fn one_error_names_all_that_could_not_be_bound_and_nothing_stays_open() {
    let taken = [
        std::net::TcpListener::bind("127.0.0.1:0"),
        std::net::TcpListener::bind("127.0.0.1:0"),
    ];
    let [first, second] = taken.map(|listener| listener.expect("a port"));
    let ports = [&first, &second].map(|listener| listener.local_addr().expect("an address").port());
    let start = async |http: u16, https: u16| {
        let builder = Site::builder().settings(|settings| {
            settings.http.get_or_insert(Http::DEFAULT).port = Setting::exact(http);
            let group = settings.https.get_or_insert(Https::DEFAULT);
            group.port = Setting::exact(https);
            Authority::new().sign("localhost").shown(group);
        });
        builder.start().await
    };
    let error = start(ports[0], ports[1]).await.expect_err("both are taken");
    assert!(error.is_listen());
    let text = error.to_string();
    for port in ports {
        assert!(
            text.contains(&format!("on 127.0.0.1:{port}: Address already in use")),
            "{text}"
        );
    }
    drop(first);
    let error = start(ports[0], ports[1]).await.expect_err("one is taken");
    assert_eq!(
        error.to_string(),
        format!("cannot listen on 127.0.0.1:{}", ports[1])
    );
    std::net::TcpListener::bind(("127.0.0.1", ports[0])).expect("the other one is free again");
    drop(second);
    let both = start(ports[0], ports[1]).await.expect("both are free");
    both.shutdown().await.expect("a stop");
}
