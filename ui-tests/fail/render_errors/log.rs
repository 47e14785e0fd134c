landfall::endpoint! {
    pub struct Web;
    render_errors(log = loud, status = 404);
}

fn main() {}
