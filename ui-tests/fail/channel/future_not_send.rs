use std::rc::Rc;

use landfall::{channel::Json, prelude::*};
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join(#[payload] name: String) -> Result<Self, JoinError> {
        let kept = Rc::new(name);
        later().await;
        drop(kept);
        Ok(Room)
    }

    async fn joined(&mut self, _: &mut Outlet) {
        later().await;
    }

    #[handle_in("say")]
    async fn say(&mut self, text: String) {
        let kept = Rc::new(text);
        later().await;
        drop(kept);
    }

    #[handle_in("ask")]
    async fn ask(&mut self, text: String) -> Result<Reply, BroadcastError> {
        let kept = Rc::new(&text);
        later().await;
        Ok(Reply::ok(Json(kept.len())))
    }

    #[handle_in("nod")]
    async fn nod(&mut self) {
        later().await;
    }
}

async fn later() {}

fn main() {}
