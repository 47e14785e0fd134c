landfall::endpoint! {
    struct Web;

    cache_static_manifest_latest = "app-1.css";
}

landfall::endpoint! {
    struct Pairs;

    cache_static_manifest_latest = ["app.css", ("/css/app.css", "css/app-1.css"), ("app.js", 1)];
}

landfall::endpoint! {
    struct Hangup;

    reload_on_sighup = "yes";
}

fn main() {}
