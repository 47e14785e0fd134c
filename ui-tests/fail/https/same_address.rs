landfall::endpoint! {
    pub struct Web;
    http(port = 4000);
    https(port = 4000, certfile = "a.pem", keyfile = "a.key");
}

fn main() {}
