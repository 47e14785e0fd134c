use landfall::error_page::StatusText;

landfall::endpoint! {
    pub struct Web;
    render_errors(formats(htlm = StatusText, ics = StatusText, csv("csv") = StatusText, html = StatusText, html = StatusText));
}

fn main() {}
