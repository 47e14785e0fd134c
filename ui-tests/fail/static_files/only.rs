use landfall::assets::Static;

landfall::endpoint! {
    pub struct Web;
    plug(Static::new("static").only(["assets/app.js", "/favicon.ico", "robots.txt"]));
}

fn main() {}
