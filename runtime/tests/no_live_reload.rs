//! Without the feature `live-reload`, a declaration that watches files is told which feature to turn
//! on, and starts once it is turned off.

#![cfg(not(feature = "live-reload"))]

use landfall::{Endpoint, config::Group, endpoint};

endpoint! {
    struct Shown;

    live_reload(patterns = ["static/.*"]);
}

#[tokio::test]
async fn live_reload_says_which_feature_it_needs() {
    let error = Shown::start().await.expect_err("nobody watches the files");
    let text = error.to_string();
    assert!(
        text.contains("`live_reload` needs landfall's feature `live-reload`, which is off"),
        "{text}"
    );
    assert!(text.contains("no_live_reload.rs:11"), "{text}");
    assert!(text.contains("features = [\"live-reload\"]"), "{text}");
}

#[tokio::test]
async fn live_reload_that_is_turned_off_needs_nothing() {
    let builder = Shown::builder().settings(|settings| settings.live_reload = Group::OFF);
    let running = builder.start().await.expect("nothing is watched");
    running.shutdown().await.expect("it stops");
}
