landfall::endpoint! {
    pub struct Web;
    https(certfile = "a.pem", keyfile = "a.key");
    force_ssl(host = "https://a.com", exclude = ["/health"]);
}

fn main() {}
