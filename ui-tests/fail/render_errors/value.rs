landfall::endpoint! {
    pub struct Web;
    render_errors = true;
}

fn main() {}
