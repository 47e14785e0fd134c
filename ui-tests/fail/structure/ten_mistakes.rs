use landfall::prelude::*;

endpoint! {
    pub struct Web;

    url(hots = "example.com", port = 70_000);
    htpp(port = 4000);
    http(port = "4000");
    check_origin = ["example.com"];
    socket("room", Room);
    socket("/two", Room, websocket(timeout = 45));
    socket("/three" Room);
    plug Identity;

    fn int(config: Config) -> Result<Config, ConfigError> {
        Ok(config)
    }
}

struct Room;

#[socket]
impl Room {
    fn connect() -> Result<Self, Refused> {
        Ok(Room)
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    let web = Web::builder().server(false).start().await?;
    println!("{}", web.url());
    web.shutdown().await
}
