landfall::endpoint! {
    pub struct Web;
    #[inline]
    server = false;
}

fn main() {}
