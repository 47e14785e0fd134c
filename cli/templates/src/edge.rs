//! The endpoint: where it listens, its sockets, and what answers everything else.

use landfall::{assets::Static, endpoint::Health, prelude::*, security::SecureHeaders};
//: only tower channels

use crate::{page, user_socket::UserSocket};
//: end
//: only axum channels

use crate::user_socket::UserSocket;
//: end
//: only tower raw

use crate::{lines::Lines, page};
//: end
//: only axum raw

use crate::lines::Lines;
//: end
//: only tower nothing

use crate::page;
//: end

endpoint! {
    /// The public face of the application.
    pub struct Edge;

//: only tower
    // These are defaults. The file that LANDFALL_CONFIG names wins: see `deploy/landfall.toml`.
    url(host = "localhost");
    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));
//: end
//: only axum
    // axum listens. Its router has the endpoint at this path.
    url(host = "localhost", path = "/rt");
    server = false;
//: end
//: only channels raw

    // Which pages may open a socket. While it is developed: those of any name of this machine. In
    // a release: those of `url`.
    #[cfg(debug_assertions)]
    check_origin = conn;
//: end
//: only channels

    // It signs tokens. While it is developed, each start has a new one.
    #[cfg(debug_assertions)]
    secret_key_base = [(); 3].map(|()| landfall::transport::unguessable_name()).concat();
    #[cfg(not(debug_assertions))]
    secret_key_base = env("SECRET_KEY_BASE");
//: end

    // `landfall digest static` writes it. Then files have names that browsers may keep for ever.
    #[cfg(not(debug_assertions))]
    cache_static_manifest = "static/cache_manifest.json";
//: only tower

    // Pages follow their files while it is developed.
    live_reload(patterns = [r"static/.*\.(css|js|svg)$"]);
//: end
//: only channels

    // Longpoll is for networks that block WebSocket.
    socket("/socket", UserSocket, websocket(compress = true), longpoll);
//: end
//: only raw

    socket("/lines", Lines, websocket(compress = true));
//: end

    plug(Health::at("/healthz"));
    plug(SecureHeaders::new());
    plug(
        Static::new("static")
            .only(["assets", "robots.txt"])
            .gzip()
            .never_cached(cfg!(debug_assertions))
    );
//: only tower
    service(|edge| {
        let edge = edge.handle().clone();
        tower::service_fn(move |request| page::page(edge.clone(), request))
    });
//: end
}
