//! Files that cannot be used: each is reported with its error.

use rcgen::date_time_ymd;

use super::{handshakes::tempfolder, *};

#[test]
fn what_is_wrong_is_said_with_its_path_and_all_at_once() {
    let authority = Authority::new();
    let good = authority.sign("a.com");
    let other = authority.sign("b.com");
    let old = authority.sign_with("a.com", |params| {
        params.not_after = date_time_ymd(2020, 5, 17)
    });
    let early = authority.sign_with("a.com", |params| {
        params.not_before = date_time_ymd(2999, 1, 2)
    });
    let folder = tempfolder("wrong");
    let put = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        Pem::File(path)
    };
    let (chain, key) = (
        put("good.pem", &good.certificate.pem()),
        put("good.key", &good.key.serialize_pem()),
    );
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let pairs = [
        (
            Pem::File(folder.join("no.pem")),
            Pem::File(folder.join("no.key")),
        ),
        (
            put("empty.pem", ""),
            put("certificate.key", &good.certificate.pem()),
        ),
        (
            put("cut.pem", &good.certificate.pem()[..100]),
            put("encrypted.key", encrypted),
        ),
        (
            put("old.pem", &old.certificate.pem()),
            put("old.key", &old.key.serialize_pem()),
        ),
        (
            put("early.pem", &early.certificate.pem()),
            put("early.key", &early.key.serialize_pem()),
        ),
        (
            put("old2.pem", &old.certificate.pem()),
            put("other.key", &other.key.serialize_pem()),
        ),
        (
            put(
                "junk.pem",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            ),
            key.clone(),
        ),
        (chain, key),
    ];
    let certificates = pairs.map(|(chain, key)| Certificate { chain, key });
    let clients = vec![put("clients.pem", "nothing")];
    let wrong = Tls::new(TlsOptions {
        clients,
        ..options(certificates)
    })
    .unwrap_err();
    let folder_name = format!("{}/", folder.display());
    let found: Vec<_> = wrong
        .iter()
        .map(|wrong| format!("{}: {}", wrong.key, wrong.text.replace(&folder_name, "")))
        .collect();
    assert_eq!(
        found,
        [
            "certfile: cannot read `no.pem`: No such file or directory (os error 2)",
            "keyfile: cannot read `no.key`: No such file or directory (os error 2)",
            "certfile: `empty.pem` has no certificate",
            "keyfile: `certificate.key` has no private key",
            "certfile: `cut.pem` is cut short",
            "keyfile: the key in `encrypted.key` is encrypted",
            "certfile: the certificate in `old.pem` has expired on 2020-05-17",
            "certfile: the certificate in `early.pem` is not valid before 2999-01-02",
            "keyfile: the key in `other.key` is not that of the certificate in `old2.pem`",
            "certfile: the certificate in `old2.pem` has expired on 2020-05-17",
            "certfile: `junk.pem` holds no certificate of X.509",
            "cacertfile: `clients.pem` has no certificate",
        ]
    );
    std::fs::remove_dir_all(folder).unwrap();
}

/// No output shows a key in memory.
#[test]
fn a_key_in_memory_is_not_printed() {
    let signed = Authority::new().sign("a.com");
    let tls = Tls::new(options([signed.pem()])).unwrap();
    let shown = format!("{tls:?}");
    assert!(shown.contains("Secret(..)"), "{shown}");
    let wrong = Certificate {
        chain: Pem::Text("x".into()),
        key: Pem::Text("canary".into()),
    };
    let wrong = format!("{:?}", Tls::new(options([wrong])).unwrap_err());
    assert!(
        wrong.contains("the text in PEM format has no private key"),
        "{wrong}"
    );
    assert!(!wrong.contains("canary"), "{wrong}");
}
