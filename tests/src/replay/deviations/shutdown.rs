//! What is left of an endpoint that was stopped.

use std::time::Duration;

use serde_json::json;

use super::{
    Case, Outcome, Rule,
    longpoll::{answer, answer_with},
};

/// How long other nodes, which may have the session, have time to answer.
const OTHER_NODES: Duration = Duration::from_secs(2);

pub(super) const RULES: &[Rule] = &[Rule {
    name: "a session ends with its endpoint",
    reason: "a session is told of the stop and ends, as sockets do, and its client opens another: in Phoenix the process of \
             the session lives on beside the endpoint, and nobody ends it",
    want: session_ends_with_its_endpoint,
}];

fn session_ends_with_its_endpoint(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let served = case.after_restart && answer(wanted).is_some_and(|(status, _)| status != 410);
    if !served {
        return false;
    }
    match case.request.method.as_str() {
        "POST" => wanted.body = Some(json!({ "status": 410 }).to_string()),
        _ => answer_with(wanted, 410, &[]),
    }
    wanted.took = Some(OTHER_NODES);
    true
}
