landfall::endpoint! {
    pub struct Web;
    plug(7_u8);
}

fn main() {}
