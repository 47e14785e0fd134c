landfall::endpoint! {
    pub struct Web;
    url(host = "");
}

fn main() {}
