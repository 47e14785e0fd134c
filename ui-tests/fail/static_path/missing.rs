use landfall::{__private::StaticFiles, Endpoint, endpoint::EndpointDef, static_integrity, static_path};

struct Web;

impl Endpoint for Web {
    type State = ();
    const DEF: &'static EndpointDef = &EndpointDef { name: "Web", ..EndpointDef::DEFAULT };
    // The constant that `endpoint!` makes from the manifest.
    const STATIC_FILES: StaticFiles = StaticFiles::of(
        "",
        &[
            ("/assets/app.css", "/assets/app-1.css?vsn=d", None),
            ("/assets/app.js", "/assets/app-2.js?vsn=d", None),
            ("/favicon.ico", "/favicon-3.ico?vsn=d", None),
            ("/robots.txt", "/robots-4.txt?vsn=d", None),
        ],
        "cache_manifest.json",
    );
}

const SCRIPT: &str = static_path!(Web, "/assets/ap.js");
const INTEGRITY: Option<&str> = static_integrity!(Web, "/asets/app.css");

fn main() {}
