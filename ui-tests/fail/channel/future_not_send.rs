use std::rc::Rc;

use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("say")]
    async fn say(&mut self, text: String) {
        let kept = Rc::new(text);
        later().await;
        drop(kept);
    }
}

async fn later() {}

fn main() {}
