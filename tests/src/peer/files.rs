//! Static files, by every option that cases name.

use landfall::{
    assets::{Embedded, Static},
    embed_static,
};
use tower::{Layer, Service};

const SITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/peer/site");

/// The same files, as they were when this was compiled.
const EMBEDDED: Embedded = embed_static!("src/peer/site");

/// The plugs in front of a service, the last one innermost. The files are on disk, or embedded.
pub(super) fn around<S>(
    service: S,
    embedded: bool,
) -> impl Service<Request, Response = Answer, Error = S::Error, Future: Send> + Clone + Send + Sync
where
    S: Service<Request, Response = Answer, Future: Send + 'static> + Clone + Send + Sync + 'static,
{
    let root = [
        "css",
        "js",
        "robots.txt",
        "favicon.ico",
        "dir",
        "cache_manifest.json",
    ];
    let site = match embedded {
        true => Static::embedded(EMBEDDED),
        false => Static::new(SITE),
    };
    let at = |path: &str| site.clone().at(path);
    let types = at("/ct")
        .content_type("noext", "text/x-custom")
        .content_type("robots.txt", "application/x-robots");
    let service = types.layer(service);
    let service = at("/onlyd").only(["css"]).layer(service);
    let service = at("/onlym").only_matching(["app", "fav"]).layer(service);
    let service = at("/nocc")
        .cache_control_for_etags(None)
        .cache_control_for_vsn_requests(None)
        .layer(service);
    let timed = at("/cc")
        .cache_control_for_etags("public, max-age=60")
        .cache_control_for_vsn_requests("public, max-age=99");
    let service = timed.header("x-static", "yes").layer(service);
    let service = at("/enc").encoding("gzip", ".gz").layer(service);
    let service = at("/br").gzip().brotli().layer(service);
    let service = at("/gz").gzip().layer(service);
    at("/").only(root).layer(service)
}

type Request = http::Request<landfall::Body>;
type Answer = http::Response<landfall::Body>;
