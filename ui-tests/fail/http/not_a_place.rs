landfall::endpoint! {
    pub struct Web;
    http(ip = ["127.0.0.1", "localhost", [0, 0, 0, 256], "systemd:"]);
}

landfall::endpoint! {
    pub struct Silent;
    http(ip = []);
}

fn main() {}
