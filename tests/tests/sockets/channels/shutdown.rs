//! How long a callback may go on after a leave. Each channel declares it.

use std::time::Duration;

use landfall::{prelude::*, testing};
use serde_json::json;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};

endpoint! {
    struct Harbour;

    state = Ended;
    socket("/socket", UserSocket);
}

/// Channels report their end here.
#[derive(Clone)]
struct Ended(mpsc::UnboundedSender<&'static str>);

#[socket(
    channel("plain", Plain),
    channel("brief", Brief),
    channel("endless", Endless)
)]
impl UserSocket {
    fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

struct UserSocket;

macro_rules! channels {
    ($( $channel:ident $name:literal [$($option:tt)*] )*) => { $(
        struct $channel(Ended);

        #[channel(UserSocket $($option)*)]
        impl $channel {
            fn join(#[state] ended: Ended) -> Result<Self, JoinError> {
                Ok($channel(ended))
            }

            #[handle_in("hang")]
            async fn hang(&mut self) {
                std::future::pending::<()>().await;
            }

            fn terminate(self, _: Reason) {
                let _ = self.0.0.send($name);
            }
        }
    )* };
}

channels! {
    Plain "plain" []
    Brief "brief" [, shutdown = secs(2)]
    Endless "endless" [, shutdown = on_purpose(never, reason = "a test")]
}

#[tokio::test(start_paused = true)]
async fn each_channel_has_its_own_time() {
    for (topic, seconds) in [("plain", Some(5)), ("brief", Some(2)), ("endless", None)] {
        let (sender, mut ended) = mpsc::unbounded_channel();
        let site = testing::start_with::<Harbour>(Ended(sender)).await;
        let client = site.connect("/socket").await.expect("a connection");
        let mut channel = client.join(topic, json!({})).await.expect("joined");
        drop(channel.push("hang", json!({})));
        tokio::time::sleep(Duration::from_secs(1)).await;
        let began = Instant::now();
        drop(channel.leave());
        let end = timeout(Duration::from_secs(3600), ended.recv()).await;
        match seconds {
            Some(seconds) => {
                assert_eq!(end, Ok(Some(topic)));
                assert_eq!(began.elapsed().as_secs(), seconds, "{topic}");
            }
            None => assert!(end.is_err(), "{topic}"),
        }
    }
}
