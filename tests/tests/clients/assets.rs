//! Chromium: a page with digested files, their integrity, and a strict content security policy.

use std::{
    fs,
    path::{Path, PathBuf},
};

use http::{HeaderValue, Request, Response, header::CONTENT_TYPE};
use landfall::{
    BoxError,
    assets::Static,
    config::{Scheme, Setting},
    endpoint::Address,
    prelude::*,
    security::{CspNonce, SecureHeaders},
};
use landfall_assets::Digester;

use crate::node::script;

const FILES: [(&str, &str); 5] = [
    (
        "css/app.css",
        "body { color: rgb(1, 2, 3); background: url(../img/dot.svg); }",
    ),
    (
        "img/dot.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\"/></svg>",
    ),
    (
        "js/app.js",
        "import { name } from \"./name.js\";\ndocument.title = name;",
    ),
    ("js/name.js", "export const name = \"loaded\";"),
    ("favicon.ico", "an icon"),
];

endpoint! {
    struct Web;

    state = PathBuf;
    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    plug(
        SecureHeaders::new().content_security_policy(
            "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    );
    plug(|edge| Static::new(edge.state()).gzip());
    service(|edge| {
        let edge = edge.clone();
        tower::service_fn(move |request| page(request, edge.clone()))
    });
}

async fn page(
    request: Request<Body>,
    edge: EndpointHandle<Web>,
) -> Result<Response<Body>, BoxError> {
    let file = |path: &str| -> Result<[String; 2], BoxError> {
        let integrity = edge.static_integrity(path)?.ok_or("no integrity")?;
        Ok([edge.static_path(path)?, integrity])
    };
    let ([style, style_hash], [script, script_hash]) = (file("/css/app.css")?, file("/js/app.js")?);
    let icon = edge.static_path("/favicon.ico")?;
    let nonce = request.extensions().get::<CspNonce>().ok_or("no nonce")?;
    let text = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>not yet</title>
        <link rel=\"icon\" href=\"{icon}\">
        <link rel=\"stylesheet\" href=\"{style}\" integrity=\"{style_hash}\">
        <script type=\"module\" src=\"{script}\" integrity=\"{script_hash}\"></script>
        <script nonce=\"{nonce}\">window.early = true;</script></head><body><h1>Assets</h1></body></html>"
    );
    let mut response = Response::new(Body::from(text));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    Ok(response)
}

#[tokio::test]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn a_page_with_digested_files() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("web-{}", std::process::id()));
    for (path, content) in FILES {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        fs::write(path, content).expect("a file");
    }
    Digester::new(&root).run().expect("digested files");
    let manifest = root.join("cache_manifest.json").display().to_string();
    let builder = Web::builder_with(root.clone())
        .settings(|settings| settings.cache_static_manifest = Setting::given(manifest));
    let web = builder.start().await.expect("it starts");
    let Ok(Address::Tcp(address)) = web.server_info(Scheme::Http) else {
        panic!("it listens on TCP");
    };
    script("assets.mjs", &[&address.port().to_string()]).await;
    fs::remove_dir_all(root).expect("the directory is there");
}
