landfall::endpoint! {
    pub struct Web;
    socket("/a");
}

fn main() {}
