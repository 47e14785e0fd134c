fn host(port: u16) -> String {
    format!("a.com:{port}")
}

landfall::endpoint! {
    pub struct Web;
    https(certfile = "a.pem", keyfile = "a.key");
    force_ssl(exclude = |head, edge, more| true, host = || "a.com");
}

landfall::endpoint! {
    pub struct Other;
    https(certfile = "a.pem", keyfile = "a.key");
    force_ssl(exclude = |head| "localhost", host = host);
}

fn main() {}
