/// The public face of the chat application.
pub struct Chat;
#[allow(clippy::needless_update, clippy::redundant_closure)]
const _: () = {
    use ::landfall::__private as __rt;
    const __MOUNT_0: __rt::Mount = {
        const __MOUNT: __rt::Mount = __rt::Mount {
            websocket: ::core::option::Option::Some(__rt::WebSocket {
                compress: true,
                timeout: __rt::Timeout::After(__rt::Duration::from_secs(45)),
                connect_info: __rt::ConnectInfo {
                    peer_data: true,
                    uri: true,
                    custom: const { &[("region", &(REGION) as &dyn __rt::InfoValue)] },
                    ..__rt::ConnectInfo::NOTHING
                },
                ..<<RoomSocket as __rt::IntoSocket>::Socket as __rt::Socket>::OPTIONS
                    .websocket
            }),
            drainer: ::core::option::Option::Some(__rt::DrainerOptions {
                batch_size: __rt::AtStart::Value(10_000),
                ..__rt::drainer(
                    <<RoomSocket as __rt::IntoSocket>::Socket as __rt::Socket>::OPTIONS
                        .drainer,
                )
            }),
            ..__rt::Mount::new(
                "/socket/:room_id",
                __rt::SocketDef::of::<
                    RoomSocket,
                    <Chat as __rt::Endpoint>::State,
                >("RoomSocket"),
            )
        };
        let () = __rt::Warning::<
            { __rt::timeout_below_heartbeat(&__MOUNT) },
        >::timeout_below_heartbeat();
        let () = __rt::Warning::<
            { __rt::key_that_nothing_reads(&__MOUNT, "peer_data") },
        >::key_that_nothing_reads();
        let () = __rt::Warning::<
            { __rt::key_that_nothing_reads(&__MOUNT, "uri") },
        >::key_that_nothing_reads();
        let () = __rt::Warning::<
            { __rt::key_that_nothing_reads(&__MOUNT, "region") },
        >::key_that_nothing_reads();
        __rt::mount(__MOUNT)
    };
    const __MOUNT_1: __rt::Mount = __rt::mount(
        __rt::Mount::new(
            "/admin",
            __rt::SocketDef::of::<
                AdminSocket,
                <Chat as __rt::Endpoint>::State,
            >("AdminSocket"),
        ),
    );
    impl __rt::Endpoint for Chat {
        type State = ();
        const DEF: &'static __rt::EndpointDef = &__rt::EndpointDef {
            name: "Chat",
            mounts: &[__MOUNT_0, __MOUNT_1],
            ..__rt::EndpointDef::DEFAULT
        };
        fn settings() -> __rt::Settings {
            let mut settings = __rt::Settings::default();
            settings.url = __rt::Url {
                host: __rt::Setting::env_or("HOST", "localhost"),
                port: __rt::Setting::env_or_exact("URL_PORT", 443),
                scheme: __rt::Setting::given("https"),
                ..__rt::Url::DEFAULT
            };
            settings.http = __rt::Group::on(__rt::Http {
                ip: __rt::Setting::given([0, 0, 0, 0]),
                port: __rt::Setting::env_or_exact("PORT", 4000),
                ..__rt::Http::DEFAULT
            });
            settings.secret_key_base = __rt::Setting::env("SECRET_KEY_BASE");
            settings.check_origin = __rt::Setting::given(
                __rt::CheckOrigin::<
                    &'static [&'static ::core::primitive::str],
                >::List(&["https://example.com", "//*.example.org"]),
            );
            settings
        }
        fn pipeline(__edge: &__rt::EndpointHandle<Self>) -> __rt::Pipeline {
            let service = router();
            let service = __rt::plug(CompressionLayer::new(), service);
            #[cfg(debug_assertions)]
            let service = __rt::plug(
                LiveReload::watching(["static", "templates"]),
                service,
            );
            let service = __rt::plug(RequestId, service);
            __rt::Pipeline::new(service)
        }
        fn init(
            __config: __rt::Config,
        ) -> ::core::result::Result<__rt::Config, __rt::BoxError> {
            __rt::IntoConfig::into_config(Self::init(__config))
        }
    }
    #[allow(
        clippy::needless_pass_by_ref_mut,
        clippy::needless_pass_by_value,
        clippy::too_many_arguments,
        clippy::trivially_copy_pass_by_ref,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self,
    )]
    impl Chat {
        fn init(config: Config) -> Result<Config, ConfigError> {
            Ok(config)
        }
    }
    const _: &[()] = &[
        __rt::DIRECTIVES.socket,
        __rt::DIRECTIVES.socket,
        __rt::DIRECTIVES.plug,
        __rt::DIRECTIVES.plug,
        __rt::DIRECTIVES.plug,
        __rt::DIRECTIVES.service,
    ];
};
