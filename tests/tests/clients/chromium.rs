//! Chromium: its own WebSocket, and the examples that have pages.

use std::path::Path;

use crate::{example::example, node::script, site};

#[tokio::test]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn the_examples_in_a_browser() {
    let (chat, custom_transport) = (example("chat").await, example("custom_transport").await);
    let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("chat.png");
    let args =
        [&chat, &custom_transport, &picture].map(|path| path.to_str().expect("a path in UTF-8"));
    script("browser.mjs", &args).await;
}

#[tokio::test]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn the_page_for_developers() {
    let errors = example("errors").await;
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("errors");
    let args = [&errors, &pictures].map(|path| path.to_str().expect("a path in UTF-8"));
    script("errors.mjs", &args).await;
}

#[tokio::test]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn websocket() {
    let site = site::start().await;
    script("websocket.mjs", &[&site.port.to_string()]).await;
}
