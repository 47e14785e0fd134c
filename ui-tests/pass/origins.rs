// Apps with a web view and browser extensions are listed by schemes of their own, at the endpoint and at a mount.

use landfall::prelude::*;

const OWN: &[&str] = &["moz-extension://0f1e2d3c-0000-4000-8000-123456789abc"];

endpoint! {
    pub struct Web;
    check_origin = [
        "https://example.com",
        "capacitor://localhost",
        "tauri://localhost",
        "ionic://localhost:8100",
        "app://-",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    ];
    socket("/room", Room, websocket(check_origin = OWN));
    socket("/hall", Room, websocket(check_origin = ["safari-web-extension://0F1E2D3C-0000-4000-8000-123456789ABC"]));
}

struct Room;

#[socket]
impl Room {
    async fn connect() -> Result<Self, Refused> {
        Ok(Room)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn main() {}
