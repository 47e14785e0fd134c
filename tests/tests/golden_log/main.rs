//! What the peer logs, beside what Phoenix logged and emitted in the same exchanges. A program of
//! its own: its subscriber is that of the whole process.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod counterpart;
mod exchange;
mod recorded;
mod told;

use std::{fs, path::Path};

use landfall_tests::peer::{Peer, free_ports};
use serde_json::Value;

use self::{counterpart::Counterparts, told::Told};

/// The cases of a golden file.
fn cases(theme: &str) -> Vec<Value> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let text = fs::read_to_string(golden.join(theme).with_extension("json")).unwrap();
    let golden: Value = serde_json::from_str(&text).unwrap();
    golden["cases"].as_array().unwrap().clone()
}

/// Every row is played, or has its reason not to be; and no reason is left over.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_is_what_phoenix_told() {
    let told = Told::start();
    let counterparts = Counterparts::read();
    let base_port = free_ports().expect("21 free ports in a row");
    let peer = Peer::start(base_port, false).await.unwrap();
    let (mut wrong, mut unused, mut played) = (Vec::new(), counterparts.rows(), 0);
    for theme in ["logs", "telemetry"] {
        for case in cases(theme) {
            let name = case["name"].as_str().unwrap();
            unused.retain(|(of, row)| (&**of, &**row) != (theme, name));
            if counterparts.without(theme, name) {
                continue;
            }
            played += 1;
            if let Err(difference) = row(theme, &case, &counterparts, &told, base_port).await {
                wrong.push(format!("{theme}, {name}: {difference}"));
            }
        }
    }
    peer.shutdown().await.unwrap();
    assert!(unused.is_empty(), "no such rows: {unused:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(played > 22, "only {played} rows were played");
}

async fn row(
    theme: &str,
    case: &Value,
    counterparts: &Counterparts,
    told: &Told,
    base_port: u16,
) -> Result<(), String> {
    let name = case["name"].as_str().unwrap();
    let expected = match counterparts.instead(theme, name) {
        Some(lines) => lines,
        None => recorded::lines(theme, case, counterparts)?,
    };
    told.take();
    let elsewhere = counterparts.elsewhere(theme, name);
    exchange::play(case, elsewhere, base_port).await?;
    let found = told.lines(expected.len()).await;
    if found == expected {
        return Ok(());
    }
    let (found, expected) = (found.join("\n    "), expected.join("\n    "));
    Err(format!(
        "\n  told:\n    {found}\n  expected:\n    {expected}"
    ))
}
