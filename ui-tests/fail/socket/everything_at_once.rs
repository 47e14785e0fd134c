use landfall::{prelude::*, socket::RequestUri};

struct Room;

#[socket(log = loud, webscoket(compress = true))]
impl Room {
    async fn connect(#[info] ur: RequestUri, #[param(form_str)] id: u32) -> Result<Self, Refused> {
        Ok(Room)
    }

    fn handle_in(&self, _: Message, _: &mut Outbox) {}
}

endpoint! {
    struct Web;
    socket("/room", Room);
}

fn main() {}
