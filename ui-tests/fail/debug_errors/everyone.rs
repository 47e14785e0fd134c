landfall::endpoint! {
    pub struct Web;
    debug_errors = true;
}

fn main() {}
