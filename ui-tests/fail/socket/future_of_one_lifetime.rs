// The compiler forgets the lifetimes in a future before it proves that it is `Send`. Help cannot
// stand with this error; the guide's chapter about sockets has it.

use landfall::prelude::*;

struct Room(Vec<String>);

#[socket]
impl Room {
    async fn connect() -> Result<Self, Refused> {
        Ok(Room(Vec::new()))
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {
        all(self.0.iter().map(|name| async move {
            later().await;
            name.len()
        }))
        .await;
    }

    async fn handle_info(&mut self, _: u8, _: &mut Outbox) {
        let names = &self.0;
        let pairs = names.iter().flat_map(|one| names.iter().map(move |other| (one, other)));
        for _ in pairs {
            later().await;
        }
    }
}

/// As `futures::future::join_all`.
async fn all<I: IntoIterator<Item: Future>>(futures: I) {
    for future in futures {
        future.await;
    }
}

async fn later() {}

fn main() {}
