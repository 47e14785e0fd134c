//! The example `auth`, without a port.

#![expect(clippy::unwrap_used, reason = "tests")]

use landfall::testing::{self, Site};
use serde_json::{Value, json};

#[expect(dead_code, unreachable_pub, reason = "an example is a program")]
#[path = "../../../examples/auth.rs"]
mod example;

use example::{App, Edge, Store, User};

async fn start() -> Site<Edge> {
    let ann = User {
        name: "ann",
        password: "anchor",
        rooms: &[7],
    };
    let bob = User {
        name: "bob",
        password: "buoy",
        rooms: &[],
    };
    testing::start_with(App {
        store: Store::new([(1, ann), (2, bob)]),
    })
    .await
}

async fn token(site: &Site<Edge>, name: &str, password: &str) -> String {
    let visitor = site.visitor();
    let login = visitor
        .post("/login")
        .form(&[("name", name), ("password", password)])
        .await;
    assert_eq!(login.status(), 204);
    visitor.get("/token").await.text().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_visitor_signs_in_and_talks() {
    let site = start().await;
    let token = token(&site, "ann", "anchor").await;
    for longpoll in [false, true] {
        let mut connect = site.connect("/socket").param("token", &token);
        if longpoll {
            connect = connect.longpoll();
        }
        let client = connect.await.unwrap();
        let mut room = client.join("room:7", json!({})).await.unwrap();
        room.push("say", "ahoy");
        assert_eq!(
            room.expect("said").await.parse::<Value>(),
            json!({"by": "ann", "text": "ahoy"})
        );
        let who = room.push("who", json!({})).await;
        assert_eq!(who.ok::<Value>(), json!({"users": ["ann", "bob"]}));
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_else_comes_in() {
    let site = start().await;
    let visitor = site.visitor();
    let login = visitor
        .post("/login")
        .form(&[("name", "ann"), ("password", "buoy")])
        .await;
    assert_eq!(login.status(), 401);
    assert_eq!(visitor.get("/token").await.status(), 401);
    assert!(site.connect("/socket").await.is_err());
    assert!(
        site.connect("/socket")
            .param("token", "mine")
            .await
            .is_err()
    );

    let foreign = site.tokens("something else").unwrap().sign(&1).unwrap();
    assert!(
        site.connect("/socket")
            .param("token", &foreign)
            .await
            .is_err()
    );
    let gone = site.tokens("user socket").unwrap().sign(&3).unwrap();
    assert!(site.connect("/socket").param("token", &gone).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_room_is_for_its_members() {
    let site = start().await;
    let token = token(&site, "bob", "buoy").await;
    let client = site
        .connect("/socket")
        .param("token", &token)
        .await
        .unwrap();
    for (topic, reason) in [("room:7", "unauthorized"), ("room:x", "no such room")] {
        let refused = client.join(topic, json!({})).await.unwrap_err();
        assert_eq!(refused.parse::<Value>(), json!({"reason": reason}));
    }
}

#[tokio::test(start_paused = true)]
async fn a_user_is_signed_out_everywhere() {
    let site = start().await;
    let token = token(&site, "ann", "anchor").await;
    let client = site
        .connect("/socket")
        .param("token", &token)
        .await
        .unwrap();
    site.broadcast("users:1", "disconnect", json!({})).unwrap();
    client.expect_close(1001).await;
}
