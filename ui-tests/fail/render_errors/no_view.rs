struct Pages;

landfall::endpoint! {
    pub struct Web;
    render_errors(formats(html = Pages, json = "error.json", text = |page, edge| page, StatusText));
}

fn main() {}
