use landfall::error_page::StatusText;

landfall::endpoint! {
    pub struct Web;
    render_errors(view = StatusText, accepts = ["html"], formats = [StatusText], layout = false);
}

fn main() {}
