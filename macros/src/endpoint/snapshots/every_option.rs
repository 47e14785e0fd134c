struct Web;
#[allow(clippy::needless_update, clippy::redundant_closure)]
const _: () = {
    use ::landfall::__private as __rt;
    const __MOUNT_0: __rt::Mount = {
        const __MOUNT: __rt::Mount = __rt::Mount {
            websocket: ::core::option::Option::Some(__rt::WebSocket {
                path: "/ws",
                timeout: __rt::Timeout::Never,
                callback_timeout: __rt::Timeout::After(__rt::Duration::from_secs(30)),
                max_frame_size: __rt::at_least("max_frame_size", 128, LIMIT),
                max_message_size: ::core::option::Option::Some(1_000_000),
                compress: cfg!(unix),
                deflate_options: __rt::DeflateOptions {
                    level: 3,
                    memory_level: __rt::between("memory_level", 1, 9, my::MEMORY),
                    window_bits: 12,
                },
                subprotocols: ::core::option::Option::Some(
                    __rt::subprotocols(&["a", "b"]),
                ),
                check_origin: ::core::option::Option::Some(
                    __rt::CheckOrigin::<
                        &'static [&'static ::core::primitive::str],
                    >::Function(|__argument0, __argument1| __rt::DecideOrigin::allows(
                        allowed,
                        __argument0,
                        __argument1,
                    )),
                ),
                check_csrf: false,
                connect_info: __rt::ConnectInfo {
                    peer_data: true,
                    x_headers: true,
                    session: ::core::option::Option::Some(
                        __rt::SessionSource::Constant(const {
                            __rt::session(&my::SESSION)
                        }),
                    ),
                    custom: const { &[("region", &("eu") as &dyn __rt::InfoValue)] },
                    ..__rt::ConnectInfo::NOTHING
                },
                auth_token: true,
                error_handler: ::core::option::Option::Some(|
                    __argument0,
                    __argument1,
                    __argument2|
                __rt::HandleError::answer(
                    refused,
                    __argument0,
                    __argument1,
                    __argument2,
                )),
                transport_log: ::core::option::Option::Some(__rt::Level::DEBUG),
                outbox: __rt::OutboxOptions {
                    limit: 65_536,
                    overflow: __rt::Overflow::DropOldest,
                },
                ..<<my::Sock<A, B> as __rt::IntoSocket>::Socket as __rt::Socket>::OPTIONS
                    .websocket
            }),
            longpoll: ::core::option::Option::Some(__rt::LongPoll {
                path: "/lp",
                window: __rt::wait("window", WINDOW),
                callback_timeout: __rt::Timeout::Never,
                pubsub_timeout: __rt::Duration::from_millis(500),
                crypto: __rt::TokenOptions {
                    max_age: __rt::Duration::from_secs(600),
                    key_iterations: 2_000,
                    key_length: __rt::key_length("key_length", LENGTH),
                    key_digest: __rt::Digest::Sha384,
                },
                check_origin: ::core::option::Option::Some(
                    __rt::CheckOrigin::<&'static [&'static ::core::primitive::str]>::Conn,
                ),
                check_csrf: false,
                connect_info: __rt::ConnectInfo {
                    uri: true,
                    ..__rt::ConnectInfo::NOTHING
                },
                auth_token: true,
                transport_log: ::core::option::Option::Some(__rt::Level::INFO),
                outbox: __rt::OutboxOptions {
                    limit: 65_536,
                    ..__rt::longpoll(
                            <<my::Sock<
                                A,
                                B,
                            > as __rt::IntoSocket>::Socket as __rt::Socket>::OPTIONS
                                .longpoll,
                        )
                        .outbox
                },
                max_body_size: 1_000_000,
                max_batch: __rt::at_least("max_batch", 1, BATCH),
                max_sessions: 100,
                max_sessions_per_ip: ::core::option::Option::Some(5),
            }),
            transport: ::core::option::Option::Some(|_| __rt::CustomTransport::new::<
                my::Sock<A, B>,
                _,
            >(Sse::new(KEEP_ALIVE))),
            drainer: ::core::option::Option::Some(__rt::DrainerOptions {
                batch_size: __rt::AtStart::Value(__rt::at_least("batch_size", 1, BATCH)),
                batch_interval: __rt::AtStart::Value(__rt::Duration::from_millis(100)),
                shutdown: __rt::AtStart::Value(__rt::positive("shutdown", WAIT)),
                log: __rt::AtStart::Value(
                    ::core::option::Option::Some(__rt::Level::DEBUG),
                ),
            }),
            log: ::core::option::Option::None,
            ..__rt::Mount::new(
                "/s/:id",
                __rt::SocketDef::of::<
                    my::Sock<A, B>,
                    <Web as __rt::Endpoint>::State,
                >("my::Sock<A,B>"),
            )
        };
        let () = __rt::Warning::<
            { __rt::path_unknown_to_the_client(&__MOUNT, "websocket") },
        >::path_unknown_to_the_client();
        let () = __rt::Warning::<
            { __rt::key_that_nothing_reads(&__MOUNT, "peer_data") },
        >::key_that_nothing_reads();
        let () = __rt::Warning::<
            { __rt::key_that_nothing_reads(&__MOUNT, "x_headers") },
        >::key_that_nothing_reads();
        let () = __rt::Warning::<
            { __rt::key_that_nothing_reads(&__MOUNT, "session") },
        >::key_that_nothing_reads();
        let () = __rt::Warning::<
            { __rt::session_of_one_salt(&__MOUNT, "websocket") },
        >::session_of_one_salt();
        let () = __rt::Warning::<
            { __rt::key_that_nothing_reads(&__MOUNT, "region") },
        >::key_that_nothing_reads();
        let () = __rt::Warning::<
            { __rt::path_unknown_to_the_client(&__MOUNT, "longpoll") },
        >::path_unknown_to_the_client();
        let () = __rt::Warning::<
            { __rt::key_that_nothing_reads(&__MOUNT, "uri") },
        >::key_that_nothing_reads();
        __rt::mount(__MOUNT)
    };
    const __MOUNT_1: __rt::Mount = __rt::mount(__rt::Mount {
        websocket: ::core::option::Option::Some(
            <<T as __rt::IntoSocket>::Socket as __rt::Socket>::OPTIONS.websocket,
        ),
        longpoll: ::core::option::Option::None,
        drainer: ::core::option::Option::None,
        log: ::core::option::Option::Some(__rt::Level::DEBUG),
        ..__rt::Mount::new(
            "/t",
            __rt::SocketDef::of::<T, <Web as __rt::Endpoint>::State>("T"),
        )
    });
    const __MOUNT_2: __rt::Mount = {
        const __MOUNT: __rt::Mount = __rt::Mount {
            websocket: ::core::option::Option::None,
            longpoll: ::core::option::Option::Some(
                __rt::longpoll(
                    <<U as __rt::IntoSocket>::Socket as __rt::Socket>::OPTIONS.longpoll,
                ),
            ),
            ..__rt::Mount::new(
                "/u",
                __rt::SocketDef::of::<U, <Web as __rt::Endpoint>::State>("U"),
            )
        };
        let () = __rt::Warning::<
            { __rt::control_frames_of_longpoll(&__MOUNT) },
        >::control_frames_of_longpoll();
        __rt::mount(__MOUNT)
    };
    const __MOUNT_3: __rt::Mount = __rt::mount(__rt::Mount {
        websocket: __rt::without_websocket(
            &<<V as __rt::IntoSocket>::Socket as __rt::Socket>::OPTIONS.longpoll,
        ),
        ..__rt::Mount::new(
            "/v",
            __rt::SocketDef::of::<V, <Web as __rt::Endpoint>::State>("V"),
        )
    });
    const __MOUNT_4: __rt::Mount = __rt::mount(__rt::Mount {
        longpoll: ::core::option::Option::Some(__rt::LongPoll {
            window: __rt::positive("window", LONG),
            crypto: __rt::TokenOptions {
                max_age: __rt::Duration::MAX,
                ..__rt::longpoll(
                        <<W as __rt::IntoSocket>::Socket as __rt::Socket>::OPTIONS
                            .longpoll,
                    )
                    .crypto
            },
            ..__rt::longpoll(
                <<W as __rt::IntoSocket>::Socket as __rt::Socket>::OPTIONS.longpoll,
            )
        }),
        ..__rt::Mount::new(
            "/w",
            __rt::SocketDef::of::<W, <Web as __rt::Endpoint>::State>("W"),
        )
    });
    impl __rt::Endpoint for Web {
        type State = ();
        const DEF: &'static __rt::EndpointDef = &__rt::EndpointDef {
            name: "Web",
            mounts: &[__MOUNT_0, __MOUNT_1, __MOUNT_2, __MOUNT_3, __MOUNT_4],
            ..__rt::EndpointDef::DEFAULT
        };
        fn settings() -> __rt::Settings {
            let mut settings = __rt::Settings::default();
            settings.secret_key_base = __rt::Setting::env("SECRET");
            settings
        }
        fn pipeline(__edge: &__rt::EndpointHandle<Self>) -> __rt::Pipeline {
            let service = __rt::not_found();
            __rt::Pipeline::new(service)
        }
    }
    const _: &[()] = &[
        __rt::DIRECTIVES.socket,
        __rt::DIRECTIVES.socket,
        __rt::DIRECTIVES.socket,
        __rt::DIRECTIVES.socket,
        __rt::DIRECTIVES.socket,
    ];
};
