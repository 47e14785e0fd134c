landfall::endpoint! {
    pub struct Web;
    cache_static_manifest = true;
    cache_manifest_skip_vsn = "yes";
    manifest = "static/cache_manifest.json";
    static("static");
}

fn main() {}
