struct Pages;

landfall::endpoint! {
    pub struct Web;
    render_errors(formats(html = Pages));
}

fn main() {}
