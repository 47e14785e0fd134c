//! The cipher suites that are spoken.

use landfall::{
    config::{CipherSuite, Ciphers, Setting},
    prelude::*,
};
use tokio_rustls::rustls::{CipherSuite as Spoken, ProtocolVersion};

use crate::tls::site::{Secured, Site};

const OF_1_3: &str = "TLS_AES_128_GCM_SHA256";
const OF_1_2: &str = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";

async fn spoken(ciphers: &[&str]) -> (ProtocolVersion, Spoken) {
    let site = Secured::start_with(|https, _| https.ciphers = Setting::given(ciphers)).await;
    let stream = site.connect(None).await.expect("a handshake");
    let (_, connection) = stream.get_ref();
    let suite = connection.negotiated_cipher_suite().expect("a suite");
    let version = connection.protocol_version().expect("a version");
    (version, suite.suite())
}

#[tokio::test]
async fn only_those_that_are_listed_are_spoken() {
    use ProtocolVersion::{TLSv1_2, TLSv1_3};

    let of_1_3 = (TLSv1_3, Spoken::TLS13_AES_128_GCM_SHA256);
    assert_eq!(spoken(&[OF_1_3]).await, of_1_3);
    assert_eq!(
        spoken(&[OF_1_2, OF_1_3]).await,
        of_1_3,
        "the client prefers TLS 1.3"
    );
    assert_eq!(
        spoken(&[OF_1_2]).await,
        (
            TLSv1_2,
            Spoken::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
        )
    );
}

#[tokio::test]
async fn what_nobody_could_speak_is_said_at_the_start() {
    let start = async |ciphers: Ciphers| {
        let builder = Site::builder().settings(|settings| {
            let https = settings.https.get_or_insert_default();
            crate::tls::site::Authority::new()
                .sign("localhost")
                .shown(https);
            https.cipher_suite = Setting::exact(CipherSuite::Strong);
            https.ciphers = Setting::exact(ciphers);
        });
        builder.start().await.expect_err("a wrong list").to_string()
    };
    let wrong = start([OF_1_2].into()).await;
    assert!(
        wrong.contains("none of `ciphers` is of a version that `cipher_suite` allows"),
        "{wrong}"
    );
    let wrong = start(["ECDHE-ECDSA-AES128-GCM-SHA256"].into()).await;
    assert!(
        wrong.contains("\"ECDHE-ECDSA-AES128-GCM-SHA256\" is not a cipher suite")
            && wrong.contains("did you mean `\"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\"`?"),
        "{wrong}"
    );
    assert_eq!(wrong.matches("is not a cipher suite").count(), 1, "{wrong}");
    assert!(
        !wrong.contains("has no cipher suite"),
        "once is enough: {wrong}"
    );
}
