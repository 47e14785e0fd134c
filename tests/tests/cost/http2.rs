//! Floods by HTTP/2 (threat 12).

use landfall_tests::attack::{ATTACKS, Target};

use crate::measure::{BASE, KIB, alone, scene};

#[test]
fn threat_12_floods_cost_little() {
    alone(async {
        let floods = ATTACKS
            .iter()
            .filter(|attack| attack.name.starts_with("h2-"));
        let mut count = 0;
        for flood in floods {
            // Each begins with sessions or sockets of its own.
            let scene = scene().await;
            let attack = async |address| {
                let target = Target {
                    address,
                    raw: "/hang".to_owned(),
                    channels: "/rooms".to_owned(),
                };
                let open = (flood.run)(&target).await.expect("a flood");
                assert_eq!(
                    open.verdict, "closed 20 of 20 connections",
                    "{}",
                    flood.name
                );
                open
            };
            // Twenty attackers have a buffer each, and what they send is in memory, too.
            scene.costs(flood.about, BASE + 256 * KIB, attack).await;
            count += 1;
        }
        assert_eq!(count, 6);
    });
}
