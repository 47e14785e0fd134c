landfall::endpoint! {
    pub struct Web;
    live_reload(patterns = ["(", "static/(?!uploads)"], notify = [("topic", ["["]), "topic"]);
}

fn main() {}
