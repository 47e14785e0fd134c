landfall::endpoint! {
    pub struct Web;
    live_reload(
        patterns = "static/.*",
        target_window = self,
        iframe_attrs = [("on load", "x"), ("class", 1)],
        suffix = "admin",
        in_release = true,
        debounce = 5,
        pattern = ["static"],
    );
}

fn main() {}
