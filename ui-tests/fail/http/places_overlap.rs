landfall::endpoint! {
    pub struct Web;
    http(ip = ["::", "127.0.0.1"]);
    https(ip = ["systemd:tls", "systemd"], certfile = "a.pem", keyfile = "a.key");
}

landfall::endpoint! {
    pub struct Other;
    http(ip = "systemd");
    https(ip = "systemd", certfile = "a.pem", keyfile = "a.key");
}

fn main() {}
