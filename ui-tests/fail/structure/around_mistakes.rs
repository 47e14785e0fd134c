//! Each declaration has a mistake; the code around it has one of its own, which is told, too.

use landfall::prelude::*;

struct App;

endpoint! {
    struct Web;
    state = App;
    url(hots = "example.com");
    socket("/socket", UserSocket);
}

struct UserSocket {
    name: String,
}

#[socket(channel("room:*", Room), max_chanels = 3)]
impl UserSocket {
    async fn connect(#[parm] name: String) -> Result<Self, Refused> {
        let length: u8 = name.len();
        Ok(UserSocket { name })
    }

    fn name(&self) -> &str {
        self.nmae()
    }
}

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join(#[rst] id: u64) -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("say")]
    async fn say(&mut self, text: String, out: &mut Outlet) {
        out.psuh("said", text);
    }
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    let web = Web::start(App).await?;
    let url: u8 = web.url();
    web.shutdown().await
}
