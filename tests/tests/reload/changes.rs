//! A listener hears of the last change.

use landfall::{config::Setting, testing};
use serde::Deserialize;

use crate::{File, Web};

#[derive(Debug, Deserialize, PartialEq)]
struct Limits {
    uploads: usize,
}

#[tokio::test]
async fn own_settings_come_when_they_change() {
    let file = File::new("changes.toml", "extra.limits.uploads = 1");
    let site = testing::start::<Web>().file(file.path()).await;
    let mut limits = site.changes().extra::<Limits>("limits");
    assert_eq!(limits.current().unwrap(), Limits { uploads: 1 });

    // Other keys and equal values are not heard. Of several changes, the last one is heard.
    for text in [
        "extra.limits.uploads = 1",
        "extra.limits.uploads = 1\nextra.other = 2",
        "extra.limits.uploads = 2",
        "extra.limits.uploads = 3",
    ] {
        file.write(text);
        site.reload().await.unwrap();
    }
    assert_eq!(limits.next().await.unwrap().unwrap(), Limits { uploads: 3 });

    file.write("extra.limits.uploads = \"many\"");
    site.reload().await.unwrap();
    let error = limits.next().await.unwrap().unwrap_err();
    let at = format!("(`extra.limits.uploads` from {}:1)", file.path().display());
    assert!(error.to_string().contains(&at), "{error}");

    file.write("");
    site.reload().await.unwrap();
    assert!(
        limits.next().await.unwrap().is_err(),
        "nothing is no `Limits`"
    );
    assert_eq!(
        site.changes()
            .extra::<Option<Limits>>("limits")
            .current()
            .unwrap(),
        None
    );

    site.shutdown().await.unwrap();
    assert!(limits.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn only_what_has_changed_is_told() {
    let site = testing::start::<Web>().await;
    let mut changes = site.changes();
    site.reload().await.unwrap();
    let wrong = site.reload_with(|settings| settings.url.host = Setting::given("not a host"));
    wrong.await.unwrap_err();
    let nothing = tokio::time::timeout(std::time::Duration::from_secs(60), changes.next());
    nothing.await.unwrap_err();

    site.reload_with(|settings| settings.url.host = Setting::given("b.com"))
        .await
        .unwrap();
    assert_eq!(changes.next().await.unwrap().url.host, "b.com");
    let waits = tokio::spawn(async move { changes.next().await });
    site.shutdown().await.unwrap();
    assert!(waits.await.unwrap().is_none());
}
