landfall::endpoint! {
    pub struct Web;
    url(hots = "a.com", port = 0);
    http(port = 70_000);
    soket("/s", Room);
}

fn main() {}
