landfall::endpoint! {
    pub struct Web;
    render_errors(formats());
}

fn main() {}
