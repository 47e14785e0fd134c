//! Servers that speak TLS, with certificates of an authority of the test's own.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant},
};

use landfall::{
    Endpoint, Running,
    config::{BrokerTls, Group, Setting},
    endpoint,
    pubsub::{RecvError, adapter::Redis},
    testing,
};
use landfall_tests::redis::{Certificate, Cluster, Sentinels, Server};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SanType,
};

use tokio::time::timeout;

use crate::{
    cluster::{FAILOVER, delivered, topics},
    site::{self, Web},
    trouble::until_alone,
};

/// A directory with an authority, and a certificate that it has signed.
struct Files(PathBuf);

impl Files {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "landfall-redis-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Relaxed)
        );
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).expect("a directory");
        let files = Files(directory);
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params
            .distinguished_name
            .push(DnType::CommonName, "an authority for tests");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        let authority = CertifiedIssuer::self_signed(params, key).expect("an authority");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.subject_alt_names = vec![SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST))];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = KeyPair::generate().expect("a key");
        let signed = params.signed_by(&key, &authority).expect("a certificate");
        files.write("ca.pem", &authority.pem());
        files.write("node.pem", &signed.pem());
        files.write("node.key", &key.serialize_pem());
        files
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn server(&self, options: &[&str]) -> Server {
        Server::start_tls(&self.path("node.pem"), &self.path("node.key"), options)
    }

    fn certificate(&self) -> Certificate {
        Certificate {
            certificate: self.path("node.pem"),
            key: self.path("node.key"),
            authority: self.path("ca.pem"),
        }
    }

    /// A server that demands a certificate of this authority.
    fn strict_server(&self) -> Server {
        let ca = self.path("ca.pem");
        let ca = ca.to_str().expect("a path in UTF-8");
        self.server(&["--tls-auth-clients", "yes", "--tls-ca-cert-file", ca])
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Why a node does not start, whether it needs the broker or not.
async fn refusal(make: impl Fn() -> Redis) -> String {
    let begun = Instant::now();
    let mut told = Vec::new();
    for required in [true, false] {
        let error = site::start(make(), required)
            .await
            .expect_err("it is refused");
        assert!(error.is_broker());
        told.push(format!("{error:?}"));
    }
    // It has not tried again.
    assert!(begun.elapsed() < Duration::from_secs(8), "{told:?}");
    assert_eq!(told[0], told[1]);
    told.swap_remove(0)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn the_adapter_keeps_to_the_contract() {
    let files = Files::new();
    let server = files.server(&[]);
    let make = || Redis::new(server.url()).ca(files.path("ca.pem"));
    testing::conformance(make).await;
}

/// Two nodes. On a busy machine so many handshakes take longer than a start waits for them: the
/// nodes come to the broker by themselves then.
async fn pair(make: impl Fn() -> Redis) -> anyhow::Result<[Running<Web>; 2]> {
    let here = site::start(make(), false).await?;
    let there = site::start(make(), false).await?;
    Ok([here, there])
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn all_servers_of_a_cluster_are_reached_by_tls() -> anyhow::Result<()> {
    let files = Files::new();
    let cluster = Cluster::start_tls(2, 0, &files.certificate());
    // One server is enough to find the other.
    let make = || Redis::cluster([cluster.masters[1].url()]).ca(files.path("ca.pem"));
    let [here, there] = pair(make).await?;
    let topics = topics(&cluster);
    assert_eq!(topics.len(), 2);
    for topic in &topics {
        let mut far = there.subscribe(topic);
        delivered(&here, topic, &mut far).await?;
    }
    let told = refusal(|| Redis::cluster(cluster.urls())).await;
    assert!(told.contains("certificate is not accepted"), "{told}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn sentinels_and_the_replica_that_takes_over_are_reached_by_tls() -> anyhow::Result<()> {
    let files = Files::new();
    let mut sentinels = Sentinels::start_tls(&files.certificate());
    let (name, urls) = (sentinels.name(), sentinels.urls());
    let make = || Redis::sentinel(name, urls.clone());
    let told = refusal(make).await;
    assert!(told.contains("certificate is not accepted"), "{told}");

    let [here, there] = pair(|| make().ca(files.path("ca.pem"))).await?;
    let mut far = there.subscribe("room:1");
    delivered(&here, "room:1", &mut far).await?;
    sentinels.master.kill();
    until_alone(&here).await?;
    loop {
        match timeout(FAILOVER, far.recv()).await? {
            Ok(_) => {}
            Err(why) => break assert_eq!(why, RecvError::Gap),
        }
    }
    delivered(&here, "room:1", &mut far).await?;
    Ok(())
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_server_of_another_authority_ends_the_start() {
    let (files, others) = (Files::new(), Files::new());
    let server = files.server(&[]);
    let told = refusal(|| Redis::new(server.url()).ca(others.path("ca.pem"))).await;
    assert!(told.contains("certificate is not accepted"), "{told}");
    // Nor does the system know the authority.
    let told = refusal(|| Redis::new(server.url())).await;
    assert!(told.contains("certificate is not accepted"), "{told}");
    // One of two is enough.
    let redis = Redis::new(server.url()).ca(others.path("ca.pem"));
    let node = site::start(redis.ca(files.path("ca.pem")), true).await;
    node.expect("it starts").shutdown().await.expect("it stops");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_server_may_ask_for_a_certificate() {
    let files = Files::new();
    let server = files.strict_server();
    let redis = || Redis::new(server.url()).ca(files.path("ca.pem"));
    let told = refusal(redis).await;
    assert!(told.contains("if it asks for a certificate"), "{told}");
    let shown = redis().certificate(files.path("node.pem"), files.path("node.key"));
    let node = site::start(shown, true).await;
    node.expect("it starts").shutdown().await.expect("it stops");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn files_are_named_that_cannot_be_used() {
    let files = Files::new();
    let server = files.server(&[]);
    let redis = || Redis::new(server.url());
    files.write("nothing.pem", "nothing\n");
    let told = refusal(|| redis().ca(files.path("missing.pem"))).await;
    assert!(
        told.contains("cannot read") && told.contains("missing.pem"),
        "{told}"
    );
    let told = refusal(|| redis().ca(files.path("nothing.pem"))).await;
    assert!(told.contains("nothing.pem` has no certificate"), "{told}");
    let told = refusal(|| redis().certificate(files.path("node.pem"), files.path("ca.pem"))).await;
    assert!(told.contains("`key`") && told.contains("ca.pem"), "{told}");
    let key = std::fs::read_to_string(files.path("node.key")).expect("a key");
    let told = refusal(|| redis().certificate(files.path("node.pem"), key.as_str())).await;
    assert!(told.contains("`key` takes a path"), "{told}");
    let inside = key.lines().nth(1).expect("a second line");
    assert!(!told.contains(inside), "{told}");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn certificates_without_tls_end_the_start() {
    let (files, server) = (Files::new(), Server::start(&[]));
    let told = refusal(|| Redis::new(server.url()).ca(files.path("ca.pem"))).await;
    assert!(told.contains("`tls` has no effect"), "{told}");
}

endpoint! {
    struct Secured;

    pubsub(redis(
        url = env("LANDFALL_TEST_REDIS"),
        tls(ca = env("LANDFALL_TEST_REDIS_CA"), cert = "not there", key = "not there"),
    ));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_declaration_says_it() -> anyhow::Result<()> {
    let files = Files::new();
    let server = files.strict_server();
    let path = |name| files.path(name).to_str().expect("UTF-8").to_owned();
    let start = |tls: BrokerTls| {
        Secured::builder()
            .settings(|settings| {
                let redis = settings.pubsub.redis.get_or_insert_default();
                redis.url = Setting::exact(server.url().as_str().into());
                redis.tls = Group::on(tls);
            })
            .start()
    };
    let tls = BrokerTls {
        ca: Setting::given(path("ca.pem")),
        cert: Setting::given(path("node.pem")),
        key: Setting::given(path("node.key")),
    };
    start(tls).await?.shutdown().await?;
    Ok(())
}
