landfall::endpoint! {
    pub struct Web;
    url(path = "/a/../b");
}

fn main() {}
