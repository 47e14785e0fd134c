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

use tokio::task::JoinHandle;

use self::replay::{Report, THEMES, replay};

/// Peers that answer at the same time. Most cases wait, and many must not hear each other's broadcasts.
const PEERS: usize = 3;

/// Plays themes against a peer, which is stopped then.
fn play(peer: Peer, base_port: u16, themes: Vec<&'static str>) -> JoinHandle<Report> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    tokio::spawn(async move {
        let report = replay(&golden, &themes, base_port).await;
        peer.shutdown().await.expect("the peer stops");
        report.expect("the golden files are there")
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn golden_transcripts_are_answered_as_recorded_or_as_wanted() {
    let ports = || free_ports().expect("21 free ports in a row");
    let mut playing = Vec::new();
    for first in 0..PEERS {
        let base_port = ports();
        let peer = Peer::start(base_port, false).await;
        let themes = THEMES.into_iter().skip(first).step_by(PEERS).collect();
        playing.push(play(peer.expect("the peer starts"), base_port, themes));
    }
    let base_port = ports();
    let peer = Peer::start_embedded(base_port).await;
    let embedded = play(peer.expect("the peer starts"), base_port, vec!["static"]);
    let embedded = embedded.await.expect("a report");
    assert_eq!(embedded.failed() + embedded.skipped(), 0, "{embedded}");
    let mut report = Report::default();
    for played in playing {
        report.themes.extend(played.await.expect("a report").themes);
    }
    let place = |name: &str| THEMES.iter().position(|theme| *theme == name);
    report.themes.sort_by_key(|theme| place(&theme.name));
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
