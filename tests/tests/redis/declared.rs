//! Clusters and sentinels, as a declaration and start options say them.

use landfall::{
    Endpoint, Running,
    config::{RedisSettings, ServerUrls, Setting},
    endpoint,
    pubsub::Payload,
};
use landfall_tests::redis::{Cluster, Sentinels};

endpoint! {
    struct Spread;

    pubsub(redis(cluster = env("LANDFALL_TEST_CLUSTER")));
}

endpoint! {
    struct Watched;

    pubsub(redis(sentinel(
        master = "nobody",
        nodes = ["redis://127.0.0.1:1"],
        password = env("LANDFALL_TEST_SENTINEL_PASSWORD"),
    )));
}

async fn start<E: Endpoint<State = ()>>(
    set: impl FnOnce(&mut RedisSettings),
) -> Result<Running<E>, landfall::Error> {
    let builder = E::builder();
    let builder = builder.settings(|settings| set(settings.pubsub.redis.get_or_insert_default()));
    builder.start().await
}

async fn reaches<E: Endpoint<State = ()>>(
    one: Running<E>,
    other: Running<E>,
) -> anyhow::Result<()> {
    let mut far = other.subscribe("room:1");
    far.confirmed().await?;
    one.broadcast("room:1", "told", Payload::EMPTY)?;
    assert_eq!(far.recv().await?.event(), "told");
    one.shutdown().await?;
    other.shutdown().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_cluster() -> anyhow::Result<()> {
    let cluster = Cluster::start(3, 0, &[]);
    let node = || {
        start::<Spread>(|redis| redis.cluster = Setting::exact(ServerUrls::from(cluster.urls())))
    };
    reaches(node().await?, node().await?).await?;
    let both = start::<Spread>(|redis| {
        redis.cluster = Setting::exact(ServerUrls::from(cluster.urls()));
        redis.url = Setting::given("redis://127.0.0.1:1");
    });
    let told = format!("{:?}", both.await.expect_err("there are two"));
    assert!(
        told.contains("`redis` has both `url` and `cluster`"),
        "{told}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn sentinels() -> anyhow::Result<()> {
    let sentinels = Sentinels::start(Some("a-password"));
    let node = || {
        start::<Watched>(|redis| {
            let sentinel = redis.sentinel.get_or_insert_default();
            sentinel.master = Setting::given(sentinels.name());
            sentinel.nodes = Setting::exact(ServerUrls::from(sentinels.urls()));
            sentinel.password = Setting::given("a-password");
        })
    };
    reaches(node().await?, node().await?).await
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let refused = start::<Spread>(|redis| {
        redis.cluster = Setting::exact(ServerUrls::default());
    });
    let told = format!("{:?}", refused.await.expect_err("it is empty"));
    assert!(told.contains("`cluster` is empty"), "{told}");
    let refused = start::<Spread>(|redis| {
        redis.cluster = Setting::given(["redis://127.0.0.1:1"]);
        redis.compression = Setting::exact(6);
    });
    let told = format!("{:?}", refused.await.expect_err("it does nothing"));
    assert!(told.contains("`compression` has no effect"), "{told}");
    let told = format!(
        "{:?}",
        start::<Spread>(|_| {}).await.expect_err("nothing is set")
    );
    assert!(told.contains("LANDFALL_TEST_CLUSTER"), "{told}");
}
