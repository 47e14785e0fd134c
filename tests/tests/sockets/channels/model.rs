//! A model of what a socket of channels answers to any message.

use std::collections::HashMap;

use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, FileFailurePersistence},
};
use serde_json::{Value, json};

use crate::channels::{
    client::{BOTH, Via, end_payload},
    site,
};

/// What a client says.
#[derive(Clone, Debug)]
enum Said {
    Message {
        join_ref: Value,
        topic: &'static str,
        event: &'static str,
        payload: Value,
    },
    /// It ends the connection.
    Undecodable(&'static str),
}

fn said() -> impl Strategy<Value = Said> {
    let join_ref = select(vec![json!(null), json!("1"), json!("2"), json!(3)]);
    let topic = select(vec![
        "room:1",
        "room:1",
        "room:2",
        "room:žluť \"\\",
        "nowhere",
        "",
        "phoenix",
    ]);
    let event = select(vec![
        "phx_join",
        "phx_join",
        "phx_join",
        "phx_leave",
        "echo",
        "echo",
        "no",
        "say",
        "shout",
        "around",
        "stop",
        "fail",
        "panic",
        "heartbeat",
        "phx_close",
        "phx_reply",
        "",
    ]);
    let payload = select(vec![
        json!({}),
        json!({"a": [1, {"b": null}]}),
        json!({"refuse": true}),
        json!({"panic": true}),
        json!({"reply": {"r": 1}}),
    ]);
    let message =
        (join_ref, topic, event, payload).prop_map(|(join_ref, topic, event, payload)| {
            Said::Message {
                join_ref,
                topic,
                event,
                payload,
            }
        });
    let undecodable = select(vec![
        "[",
        "[]",
        "[null,null,\"room:1\",\"echo\"]",
        "[1 2]",
        "[\"\\ud800\",",
        "[}",
    ]);
    prop_oneof![60 => message, 1 => undecodable.prop_map(Said::Undecodable)]
}

/// A join: its name from the client, and its name in messages to the client.
#[derive(Clone)]
struct Join {
    named: Value,
    join_ref: Value,
}

/// Joined topics, and what the client is to hear.
#[derive(Default)]
struct Model {
    joins: HashMap<&'static str, Join>,
    heard: Vec<Value>,
}

impl Model {
    fn hear(&mut self, reference: &Value, said: &Said) {
        let Said::Message {
            join_ref,
            topic,
            event,
            payload,
        } = said
        else {
            return;
        };
        let joined = self.joins.get(topic).cloned();
        match (*topic, *event, joined) {
            ("phoenix", "heartbeat", _) => {
                self.reply(&json!(null), reference, topic, "ok", json!({}))
            }
            (_, "phx_join", joined) => self.join(join_ref, reference, topic, payload, joined),
            (_, "phx_leave", None) => self.reply(join_ref, reference, topic, "ok", json!({})),
            (_, _, None) => {
                self.reply(
                    &json!(null),
                    reference,
                    topic,
                    "error",
                    json!({"reason": "unmatched topic"}),
                );
            }
            (_, _, Some(join)) if stale(join_ref, &join) => {}
            (_, "phx_leave", Some(join)) => {
                self.reply(&join.join_ref, reference, topic, "ok", json!({}));
                self.end(topic, "phx_close");
            }
            (_, event, Some(join)) => self.handle(&join.join_ref, reference, topic, event, payload),
        }
    }

    fn join(
        &mut self,
        join_ref: &Value,
        reference: &Value,
        topic: &'static str,
        wish: &Value,
        before: Option<Join>,
    ) {
        if !topic.starts_with("room:") {
            return self.reply(
                &json!(null),
                reference,
                topic,
                "error",
                json!({"reason": "unmatched topic"}),
            );
        }
        let refused = |reason: &str| Some(("error", json!({"reason": reason})));
        let answer = match wish {
            wish if wish["refuse"] == true => refused("not you"),
            wish if wish["panic"] == true => refused("join crashed"),
            _ => None,
        };
        let joins = answer.is_none();
        let reply = wish.get("reply").cloned().unwrap_or(json!({}));
        let (status, response) = answer.unwrap_or(("ok", reply));
        self.reply(join_ref, reference, topic, status, response);
        if before.is_some() {
            self.end(topic, "phx_close");
        }
        if joins {
            let channel = if join_ref.is_null() {
                reference
            } else {
                join_ref
            };
            self.joins.insert(
                topic,
                Join {
                    named: join_ref.clone(),
                    join_ref: channel.clone(),
                },
            );
        }
    }

    fn handle(
        &mut self,
        join_ref: &Value,
        reference: &Value,
        topic: &'static str,
        event: &str,
        payload: &Value,
    ) {
        let push = |event: &str, payload: Value| json!([join_ref, null, topic, event, payload]);
        let broadcast = |payload: Value| json!([null, null, topic, "shouted", payload]);
        match event {
            "echo" => self.reply(join_ref, reference, topic, "ok", payload.clone()),
            "no" => self.reply(join_ref, reference, topic, "error", payload.clone()),
            "say" => self.heard.push(push("said", payload.clone())),
            "shout" => self.heard.push(broadcast(payload.clone())),
            "around" => {
                self.heard.push(push("said", json!({"n": 1})));
                self.heard.push(broadcast(json!({"n": 2})));
                self.heard.push(push("said", json!({"n": 3})));
                self.heard.push(broadcast(json!({"n": 4})));
                self.reply(join_ref, reference, topic, "ok", json!({"n": 5}));
            }
            "stop" => {
                self.reply(join_ref, reference, topic, "ok", payload.clone());
                self.end(topic, "phx_close");
            }
            "fail" | "panic" => self.end(topic, "phx_error"),
            unknown => {
                let reason = json!({"reason": format!("unknown event {unknown}")});
                self.reply(join_ref, reference, topic, "error", reason);
            }
        }
    }

    fn reply(
        &mut self,
        join_ref: &Value,
        reference: &Value,
        topic: &str,
        status: &str,
        response: Value,
    ) {
        let payload = json!({"status": status, "response": response});
        self.heard
            .push(json!([join_ref, reference, topic, "phx_reply", payload]));
    }

    fn end(&mut self, topic: &'static str, event: &str) {
        if let Some(Join { named, .. }) = self.joins.remove(topic) {
            self.heard
                .push(json!([named, named, topic, event, end_payload(event)]));
        }
    }
}

/// True for a message of an earlier join: both name a join, and the names differ.
fn stale(join_ref: &Value, join: &Join) -> bool {
    !join_ref.is_null() && !join.named.is_null() && *join_ref != join.named
}

async fn converse(via: Via, conversation: &[Said]) {
    let site = site::start().await;
    let mut client = site.client(via).await;
    let mut model = Model::default();
    let mut ends = false;
    for (number, said) in conversation.iter().enumerate() {
        let reference = if number % 7 == 0 {
            json!(number)
        } else {
            json!(number.to_string())
        };
        model.hear(&reference, said);
        match said {
            Said::Message {
                join_ref,
                topic,
                event,
                payload,
            } => {
                client
                    .say(json!([join_ref, reference, topic, event, payload]))
                    .await;
            }
            Said::Undecodable(text) => {
                client.text(text).await;
                ends = true;
                break;
            }
        }
    }
    for expected in model.heard {
        client.expects(expected).await;
    }
    match ends {
        true => client.ends(1011).await,
        false => client.is_quiet().await,
    }
    drop(client);
    site.is_as_at_first(&["room:1", "room:2"]).await;
}

proptest! {
    #![proptest_config(Config {
        cases: 100,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..Config::default()
    })]

    #[test]
    fn a_client_hears_what_the_model_says(conversation in vec(said(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.expect("a runtime").block_on(async {
            for via in BOTH {
                converse(via, &conversation).await;
            }
        });
    }
}
