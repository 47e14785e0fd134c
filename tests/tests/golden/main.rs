//! The peer answers every golden transcript as recorded, or as a rule wants it.

mod bytes;

// With its own tests, which are not compiled with the library: that is the peer for the most part, and takes long.
#[path = "../../src/replay/mod.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the library hands it on, and other programs use the rest"
)]
mod replay;

use std::path::Path;

use landfall_tests::{
    peer::{Peer, free_ports},
    wire,
};

use self::replay::{THEMES, replay};

#[tokio::test(flavor = "multi_thread")]
async fn golden_transcripts_are_answered_as_recorded_or_as_wanted() {
    let base_port = free_ports().expect("21 free ports in a row");
    let peer = Peer::start(base_port, false)
        .await
        .expect("the peer starts");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let report = replay(&golden, None, base_port)
        .await
        .expect("the golden files are there");
    peer.shutdown().await.expect("the peer stops");
    let peer = Peer::start_embedded(base_port)
        .await
        .expect("the peer starts");
    let embedded = replay(&golden, Some("static"), base_port)
        .await
        .expect("the golden file is there");
    peer.shutdown().await.expect("the peer stops");
    assert_eq!(embedded.failed() + embedded.skipped(), 0, "{embedded}");
    println!("{report}");
    assert_eq!(report.failed(), 0, "{report}");
    // On a busy machine, a message of 7.9 MB may take too long.
    assert!(report.skipped() < 2, "{report}");
    assert!(
        report.themes.iter().map(|theme| &*theme.name).eq(THEMES),
        "{report}"
    );
    assert!(report.passed() > 702, "{report}");
}
