landfall::endpoint! {
    pub struct Web;
    http = true;
    https = env("HTTPS");
    drainer = secs(5);
    server = true;
}

landfall::endpoint! {
    pub struct Silent;
    http = false;
    server = true;
}

fn main() {}
