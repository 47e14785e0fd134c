landfall::endpoint! {
    pub struct Web;
    url(port = "80");
}

fn main() {}
