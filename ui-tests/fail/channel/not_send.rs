use std::rc::Rc;

use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room(Rc<String>);

#[channel(UserSocket)]
impl Room {
    async fn join(#[topic] topic: String) -> Result<Self, JoinError> {
        let room = Room(Rc::new(topic));
        later().await;
        Ok(room)
    }

    async fn joined(&mut self, _: &mut Outlet) {
        later().await;
    }

    #[handle_in("say")]
    async fn say(&mut self) {
        later().await;
        drop(self.0.clone());
    }

    #[handle_out("said")]
    async fn said(&mut self) {
        later().await;
    }

    async fn handle_info(&mut self, _: u8, _: &mut Outlet) {
        later().await;
    }
}

async fn later() {}

fn main() {}
