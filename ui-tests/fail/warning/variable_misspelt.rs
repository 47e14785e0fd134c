#![deny(deprecated)]

landfall::endpoint! {
    pub struct Web;
    url(host = env("HOST"), port = env("URL_PROT"));
    static_url(host = env("HOST"), port = env("URL_PORT"));
    extra(port = env("URL_PORT"));
}

fn main() {}
