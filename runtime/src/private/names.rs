//! Names of the language that are no fields elsewhere. Editors complete and explain them by these
//! structs; no program reads them.

macro_rules! names {
    ($( $(#[$about:meta])* $Struct:ident $NAMES:ident { $( $(#[$doc:meta])* $name:ident, )* } )*) => { $(
        $(#[$about])*
        #[derive(Debug)]
        pub struct $Struct {
            $( $(#[$doc])* pub $name: (), )*
        }

        /// All of them.
        pub const $NAMES: $Struct = $Struct { $( $name: (), )* };
    )* };
}

names! {
    /// The directives of `endpoint!`, but for `crate`.
    Directives DIRECTIVES {
        /// `state = App;`: the type of what the application brings. Default `()`.
        state,
        /// `url(host = "example.com", port = 443, scheme = "https");`: how the world reaches this
        /// endpoint. Default `http://localhost`.
        url,
        /// `static_url(host = "cdn.example.com");`: where static files are served. Default: as
        /// `url`.
        static_url,
        /// `cache_static_manifest = "static/cache_manifest.json";`: the manifest of static files.
        /// Default: none.
        cache_static_manifest,
        /// `cache_manifest_skip_vsn = true;`: paths of static files go without `?vsn=d`. Default
        /// `false`.
        cache_manifest_skip_vsn,
        /// `cache_static_manifest_latest = [("app.css", "app-1.css")];`: which version of each
        /// static file is served. Default: what the manifest says.
        cache_static_manifest_latest,
        /// `http(ip = [127, 0, 0, 1], port = 4000);`: the listeners. Default: none.
        http,
        /// `https(port = 4443, certfile = "cert.pem", keyfile = "key.pem");`: a listener that
        /// speaks TLS. Default: none.
        https,
        /// `secret_key_base = env("SECRET_KEY_BASE");`: what signs and encrypts, at least 64
        /// bytes. Without a default.
        secret_key_base,
        /// `check_origin = ["https://example.com"];`: which web pages may open a socket. Default
        /// `true`: those of `url`'s host.
        check_origin,
        /// `trusted_proxies = ["10.0.0.0/8"];`: proxies that are believed about a client's
        /// address. Default: none.
        trusted_proxies,
        /// `pubsub(queue = 65_536);`: the endpoint's topics.
        pubsub,
        /// `server = env("SERVER").or(true);`: whether to listen. Default: if there is a listener.
        server,
        /// `log_access_url = false;`: whether the start logs the URL. Default `true`.
        log_access_url,
        /// `startup_log = false;`: whether the start logs what listens. Default `true`.
        startup_log,
        /// `drainer(shutdown = secs(30));`: how the endpoint stops. Default: on.
        drainer,
        /// `reload_on_sighup = true;`: SIGHUP reloads the configuration. Default `false`.
        reload_on_sighup,
        /// `watchers(node = ["build.js", "--watch"]);`: programs that run beside the endpoint.
        /// Default: none.
        watchers,
        /// `force_watchers = true;`: they run beside an endpoint that does not listen, too.
        /// Default `false`.
        force_watchers,
        /// `live_reload(patterns = ["static/.*"]);`: pages are loaded anew when files change.
        /// Default: none.
        live_reload,
        /// `filter_parameters(contains = ["password"]);`: which parameters are hidden in logs.
        filter_parameters,
        /// `extra(region = "eu");`: settings of other libraries.
        extra,
        /// `force_ssl(hsts = true);`: sends requests over `http` to `https`. Default: off.
        force_ssl,
        /// `rewrite_on = [x_forwarded_proto];`: headers by which `trusted_proxies` say how a
        /// request came. Default: none.
        rewrite_on,
        /// `render_errors(formats(html = ErrorHtml));`: how answers that are errors look. Default:
        /// plain text.
        render_errors,
        /// `debug_errors = cfg!(debug_assertions);`: whether developers are shown what failed.
        /// Default `false`.
        debug_errors,
        /// `dashboard(who_may = operator);`: a page that shows what the endpoint does. Default: none.
        dashboard,
        /// `instrumenters(Timings::new());`: what is called before and after events. Default: none.
        instrumenters,
        /// `socket("/socket/:room", Room, websocket(timeout = secs(45)));`: a socket at a path.
        socket,
        /// `plug(layer());`: a tower `Layer` around everything that follows it, or a closure that
        /// takes the running endpoint and makes one.
        plug,
        /// `service(router());`: the tower `Service` at the end, or a closure that takes the
        /// running endpoint and makes one. Default: 404.
        service,
    }

    /// What follows path and type of a mount.
    MountKeys MOUNT_KEYS {
        /// `websocket(timeout = secs(45))`, `websocket = false`. Default: as the socket says, which
        /// is on.
        websocket,
        /// `longpoll`, `longpoll(window = secs(10))`. Default: as the socket says, which is off.
        longpoll,
        /// `transport = Own::new()`: a transport of the application's own. Default: none.
        transport,
        /// `drainer(batch_size = 1_000)`, `drainer = false`: how connections are closed when the
        /// endpoint stops.
        drainer,
        /// `log = debug`, `log = false`: the level at which connections are logged. Default `info`.
        log,
    }

    /// The arguments of `#[socket]`.
    SocketKeys SOCKET_KEYS {
        /// `websocket(timeout = secs(45))`: defaults for mounts of this socket.
        websocket,
        /// `longpoll`, `longpoll(window = secs(10))`: defaults for mounts of this socket. Default:
        /// off.
        longpoll,
        /// `drainer(batch_size = 1_000)`, `drainer = false`: how connections are closed when the
        /// endpoint stops.
        drainer,
        /// `log = debug`, `log = false`: the level at which connections are logged. Default `info`.
        log,
        /// `channel("room:*", RoomChannel)`: which channel serves these topics.
        channel,
        /// `max_channels = 100`: channels of one connection at a time.
        max_channels,
        /// `max_envelope_size = 1_024`: bytes of a message's envelope.
        max_envelope_size,
        /// `max_waiting_size = 1_048_576`: bytes of messages that wait for a channel.
        max_waiting_size,
        /// `serializers = [(V2, "~> 2.0.0")]`: the versions of the protocol that clients may speak.
        serializers,
    }

    /// The options of a topic.
    RouteKeys ROUTE_KEYS {
        /// `assigns = Limits { .. }`: a constant that the channel's `join` takes by `#[assigns]`.
        assigns,
    }

    /// The options of `#[channel]` behind the socket's type.
    ChannelKeys CHANNEL_KEYS {
        /// `shutdown = secs(5)`: how long `terminate` may take.
        shutdown,
        /// `on_gap = tell`: what happens when broadcasts were lost: `ignore`, `tell` or `rejoin`.
        on_gap,
        /// `log_join = debug`: the level at which joins are logged, `false`, or a function.
        log_join,
        /// `log_handle_in = false`: the level at which messages are logged, `false`, or a function.
        log_handle_in,
    }

    /// Attributes of arguments and methods.
    Marks MARKS {
        /// `#[param] room: u64`: a capture of the mount's path, or a parameter of the query.
        param,
        /// `#[info] uri: Uri`: a key of the mount's `connect_info`.
        info,
        /// `#[state] db: Pool`: a part of the application's state.
        state,
        /// `#[payload] params: Params`: what the client sends when it joins.
        payload,
        /// `#[topic] topic: String`: the whole topic.
        topic,
        /// `#[rest] room: u64`: what follows the fixed part of the topic.
        rest,
        /// `#[assigns] limits: Limits`: the constant that stands with the route.
        assigns,
        /// `#[handle_in("new_message")]`: handles this event of the client.
        handle_in,
        /// `#[handle_out("user_joined")]`: intercepts broadcasts of this event.
        handle_out,
    }
}
