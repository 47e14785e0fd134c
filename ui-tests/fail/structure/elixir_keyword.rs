landfall::endpoint! {
    pub struct Web;
    url(host: "a.com");
}

fn main() {}
