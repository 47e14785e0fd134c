//! The room, as its visitors see it: in memory, without a port, and without waiting.

use harbour::Edge;

use landfall::testing;
use serde_json::{Value, json};

#[tokio::test(start_paused = true)]
async fn what_one_says_all_hear() {
    let site = testing::start::<Edge>().await;
    let ann = site.connect("/socket").await.unwrap();
    let bob = site.connect("/socket").longpoll().await.unwrap();
    let anns = ann.join("room:lobby", json!({"name": "ann"})).await;
    let bobs = bob.join("room:lobby", json!({"name": "bob"})).await;
    let (anns, mut bobs) = (anns.unwrap(), bobs.unwrap());

    let here = bobs.expect("presence_state").await.parse::<Value>();
    assert_eq!(here.as_object().unwrap().len(), 2, "{here}");

    let reply = anns.push("say", json!({"text": " ahoy "})).await;
    assert_eq!(reply.status(), "ok");
    let said = bobs.expect("said").await.parse::<Value>();
    assert_eq!(said, json!({"by": "ann", "text": "ahoy"}));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_is_refused() {
    let site = testing::start::<Edge>().await;
    let ann = site.connect("/socket").await.unwrap();
    let refused = ann.join("room:lobby", json!({"name": " "})).await;
    let reason = refused.unwrap_err().parse::<Value>();
    assert_eq!(reason, json!({"reason": "a name has 1 to 40 characters"}));

    let room = ann.join("room:lobby", json!({"name": "ann"})).await;
    let refused = room.unwrap().push("say", json!({"text": ""})).await;
    let told = json!({"reason": "a message has 1 to 500 characters"});
    assert_eq!(refused.error::<Value>(), told);
}
