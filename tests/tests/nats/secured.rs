//! Servers that demand TLS.

use std::{fs, path::PathBuf};

use landfall::pubsub::{
    PubSub,
    adapter::{ConnectError, Nats, NodeOptions},
};
use landfall_tests::nats::Server;
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};

use crate::site::{expect_delivery, subscribed};

/// An authority, and what it has signed, as files.
struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> anyhow::Result<Self> {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder)?;
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec![])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        fs::write(folder.join("ca.pem"), params.self_signed(&key)?.pem())?;
        let issuer = Issuer::new(params, key);
        Ok(Authority { folder, issuer })
    }

    /// Signs a certificate for `127.0.0.1`, and returns its file and that of its key.
    fn sign(&self, name: &str) -> anyhow::Result<[PathBuf; 2]> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()])?;
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let certificate = params.signed_by(&key, &self.issuer)?;
        let files = ["pem", "key"].map(|kind| self.folder.join(format!("{name}.{kind}")));
        fs::write(&files[0], certificate.pem())?;
        fs::write(&files[1], key.serialize_pem())?;
        Ok(files)
    }

    fn file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    async fn server(&self, more: &str) -> anyhow::Result<Server> {
        let [certificate, key] = self.sign("server")?;
        let files = format!("cert_file: {certificate:?}, key_file: {key:?}");
        Ok(Server::start(&format!("tls {{ {files} {more} }}")).await?)
    }
}

async fn connect(nats: Nats) -> Result<PubSub, ConnectError> {
    PubSub::connect(nats, NodeOptions::new("chat")).await
}

/// It is refused, which is never tried again.
async fn expect_refused(nats: Nats, expected: &str) {
    let error = connect(nats).await.expect_err("it is refused");
    assert!(matches!(error, ConnectError::Refused(_)), "{error}");
    assert!(error.to_string().contains(expected), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn nodes_trust_the_authority_that_they_are_given() -> anyhow::Result<()> {
    let authority = Authority::new("nats_trusted")?;
    let server = authority.server("").await?;
    let nats = || Nats::new(server.url()).root_certificates(authority.file());
    let (here, there) = (connect(nats()).await?, connect(nats()).await?);
    let mut far = subscribed(&there, "room:1").await?;
    expect_delivery(&here, &there, &mut far).await?;

    let other = Authority::new("nats_other")?;
    let wrong = Nats::new(server.url()).root_certificates(other.file());
    expect_refused(wrong, "TLS fails").await;
    expect_refused(Nats::new(server.url()), "the server demands TLS").await;
    let missing = Nats::new(server.url()).root_certificates("no/such/ca.pem");
    expect_refused(missing, "`no/such/ca.pem` of `ca`").await;
    let empty = Nats::new(server.url()).root_certificates("Cargo.toml");
    expect_refused(empty, "`Cargo.toml` of `ca` has no certificate").await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn nodes_show_a_certificate_of_their_own() -> anyhow::Result<()> {
    let authority = Authority::new("nats_shown")?;
    let ca = authority.file();
    let server = authority
        .server(&format!(", ca_file: {ca:?}, verify: true"))
        .await?;
    let [certificate, key] = authority.sign("node")?;
    let nats = || Nats::new(server.url()).root_certificates(&ca);
    connect(nats().client_certificate(&certificate, &key)).await?;
    assert!(connect(nats()).await.is_err(), "without a certificate");
    let swapped = nats().client_certificate(&key, &certificate);
    expect_refused(swapped, "of `key`").await;
    Ok(())
}
