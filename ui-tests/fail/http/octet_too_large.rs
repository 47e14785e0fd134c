landfall::endpoint! {
    pub struct Web;
    http(ip = [0, 0, 0, 256]);
}

fn main() {}
