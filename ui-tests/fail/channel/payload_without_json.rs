use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

#[derive(serde::Serialize)]
struct Said {
    text: String,
}

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("say")]
    async fn say(&mut self, text: String, out: &mut Outlet) -> Result<Reply, Reply> {
        let said = || Said { text: text.clone() };
        out.push("said", said());
        out.broadcast("said", said())?;
        Ok(Reply::ok(said()))
    }
}

fn main() {}
