//! Reloads while everything else goes on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Instant,
};

use landfall::{
    config::Setting,
    origin::CheckOrigin,
    testing::{self, Site},
};

use crate::{File, Web};

/// `LANDFALL_TEST_RELOADS=10000` takes some seconds.
fn reloads() -> usize {
    let wanted = std::env::var("LANDFALL_TEST_RELOADS");
    wanted.map_or(5_000, |count| count.parse().unwrap())
}

/// Connects, echoes and asks for URLs until `over`, and counts its rounds in `seen`.
async fn visit(site: Arc<Site<Web>>, over: Arc<AtomicBool>, seen: Arc<AtomicUsize>) {
    let mut stays = site.raw("/own").await.unwrap();
    while !over.load(Ordering::Relaxed) {
        for (path, origin) in [("/own", "https://own.com"), ("/echo", "https://c.com")] {
            let client = site.raw(path).origin(origin).await.unwrap();
            client.close().await;
        }
        // All values of one configuration are from one reload.
        let config = site.config();
        let host = config.extra::<String>("host").unwrap();
        assert_eq!(config.url.host, host);
        let url = site.url();
        assert!(
            ["http://one.com", "http://two.com"].contains(&&*url),
            "{url}"
        );
        stays.send("here");
        stays.expect("here").await;
        seen.fetch_add(1, Ordering::Relaxed);
    }
    stays.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reloads_under_load_lose_nothing() {
    let file = File::new("load.toml", "url.port = 80\n[http]\nmax_headers = 50\n");
    let started = testing::start::<Web>()
        .file(file.path())
        .settings(|settings| {
            settings.check_origin = Setting::exact(CheckOrigin::List(vec!["https://c.com".into()]));
            settings.url.host = Setting::given("one.com");
            settings.extra("host", Setting::given("one.com"));
        });
    let site = Arc::new(started.await);
    let (over, seen) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let mut changes = site.changes();
    let visitors: Vec<_> = (0..4)
        .map(|_| tokio::spawn(visit(site.clone(), over.clone(), seen.clone())))
        .collect();

    let (count, from) = (reloads(), Instant::now());
    for turn in 0..count {
        let host = if turn % 2 == 0 { "two.com" } else { "one.com" };
        let set = move |settings: &mut landfall::config::Settings| {
            settings.url.host = Setting::given(host);
            settings.extra("host", Setting::given(host));
        };
        site.reload_with(set).await.unwrap();
        assert_eq!(changes.next().await.unwrap().url.host, host);
        assert_eq!(site.host(), host);
    }
    println!("{count} reloads in {:?}", from.elapsed());
    // On a busy machine, visitors may start late.
    while seen.load(Ordering::Relaxed) < 20 {
        tokio::task::yield_now().await;
    }
    over.store(true, Ordering::Relaxed);
    for visitor in visitors {
        visitor.await.unwrap();
    }
    site.shutdown().await.unwrap();
    assert_eq!(site.stats().tasks, 0);
}
