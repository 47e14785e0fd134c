landfall::endpoint! {
    pub struct Web;
    url(host = "a.com/app");
}

fn main() {}
