struct Web;
const _: () = {
    use ::landfall::__private as __rt;
    const __MOUNT_0: __rt::Mount = __rt::mount(__rt::Mount {
        path: "/s/:id",
        socket: __rt::SocketDef::of::<my::Sock<A, B>>("my::Sock<A,B>"),
        websocket: ::core::option::Option::Some(__rt::WebSocket {
            path: "/ws",
            timeout: __rt::Timeout::Never,
            max_frame_size: __rt::at_least("max_frame_size", 128, LIMIT),
            max_message_size: ::core::option::Option::Some(1_000_000),
            compress: cfg!(unix),
            subprotocols: ::core::option::Option::Some(__rt::subprotocols(&["a", "b"])),
            check_origin: ::core::option::Option::Some(
                __rt::CheckOrigin::<
                    &'static [&'static ::core::primitive::str],
                >::Function(allowed),
            ),
            check_csrf: false,
            connect_info: __rt::ConnectInfo {
                peer_data: true,
                x_headers: true,
                session: ::core::option::Option::Some(const {
                    __rt::session(&my::SESSION)
                }),
                custom: const { &[("region", &("eu") as &dyn __rt::InfoValue)] },
                ..__rt::ConnectInfo::NOTHING
            },
            auth_token: true,
            error_handler: ::core::option::Option::Some(refused),
            transport_log: ::core::option::Option::Some(__rt::Level::DEBUG),
            outbox: __rt::OutboxOptions {
                limit: 65_536,
                overflow: __rt::Overflow::DropOldest,
            },
            ..<my::Sock<A, B> as __rt::Socket>::OPTIONS.websocket
        }),
        drainer: ::core::option::Option::Some(__rt::Drainer {
            batch_size: __rt::at_least("batch_size", 1, BATCH),
            batch_interval: __rt::Duration::from_millis(100),
            shutdown: __rt::positive("shutdown", WAIT),
        }),
        log: ::core::option::Option::None,
        location: ::core::concat!(::core::file!(), ":", "5"),
    });
    const __MOUNT_1: __rt::Mount = __rt::mount(__rt::Mount {
        path: "/t",
        socket: __rt::SocketDef::of::<T>("T"),
        websocket: ::core::option::Option::Some(<T as __rt::Socket>::OPTIONS.websocket),
        drainer: ::core::option::Option::None,
        log: ::core::option::Option::Some(__rt::Level::DEBUG),
        location: ::core::concat!(::core::file!(), ":", "25"),
    });
    impl __rt::Endpoint for Web {
        const DEF: &'static __rt::EndpointDef = &__rt::EndpointDef {
            name: "Web",
            mounts: &[__MOUNT_0, __MOUNT_1],
        };
        fn settings() -> __rt::Settings {
            let mut settings = __rt::Settings::default();
            settings.secret_key_base = __rt::Setting::env("SECRET");
            settings
        }
        fn pipeline() -> __rt::Pipeline {
            let service = __rt::not_found();
            __rt::Pipeline::new(service)
        }
    }
    const _: () = __rt::check_paths(<Web as __rt::Endpoint>::DEF.mounts);
};
