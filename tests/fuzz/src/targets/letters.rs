//! What nodes of a cluster tell each other: what was read is written and reads the same, and a node
//! that hears anything says only what others can read, and goes on.

use std::time::Duration;

use landfall::{
    fuzzing::rewrite_letter,
    pubsub::{PubSub, RecvError, adapter::NodeOptions},
};
use landfall_tests::broker::Scripted;
use tokio::{
    runtime::{Builder, Runtime},
    time::sleep,
};

use crate::input::Input;

/// The topic that the node has a subscriber of.
const TOPIC: &str = "t";

/// The first byte says which of the two it is about.
pub(crate) fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    match first & 1 {
        0 => read(rest),
        _ => {
            let runtime = Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build();
            hear(&runtime.expect("a runtime"), rest);
        }
    }
}

fn read(bytes: &[u8]) {
    let Some(written) = rewrite_letter(bytes) else {
        return;
    };
    assert!(written.len() <= bytes.len());
    assert_eq!(rewrite_letter(&written).as_ref(), Some(&written));
}

/// Letters, each after a byte that says how much time has passed, one for its kind, one for the
/// node that it is from, and one that says how long it is.
fn hear(runtime: &Runtime, bytes: &[u8]) {
    runtime.block_on(async {
        let broker = Scripted::default();
        let mut options = NodeOptions::new("cluster");
        options.node = "n".into();
        options.max_message = 1024;
        let node = PubSub::connect(broker.clone(), options).await;
        let node = node.expect("nobody objects");
        let mut topic = node.subscribe(TOPIC);
        topic.confirmed().await.expect("the broker confirms");

        let (mut input, mut letters) = (Input(bytes), 0);
        while !input.is_empty() {
            sleep(Duration::from_millis(1 << (input.byte() % 16))).await;
            let mut letter = vec![1, input.byte()];
            letter.extend([input.byte(); 16]);
            letter.extend(input.short());
            broker.arrivals().message(letter.into()).await;
            letters += 1;
        }
        sleep(Duration::from_millis(10)).await;

        assert!(node.nodes().len() <= letters);
        let last = node.broadcast(TOPIC, "last", "last");
        last.expect("it is small, and the broker is there");
        loop {
            match topic.recv().await {
                Ok(heard) if heard.event() == "last" => break,
                Ok(_) | Err(RecvError::Gap | RecvError::Lagged(_)) => {}
                Err(ended) => panic!("{ended}"),
            }
        }
        sleep(Duration::from_millis(10)).await;
        for message in broker.sent() {
            let again = rewrite_letter(&message);
            assert_eq!(again.as_deref(), Some(&message[..]), "it can be read");
        }
    });
}
