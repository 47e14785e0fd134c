struct Web;
#[allow(clippy::needless_update, clippy::redundant_closure)]
const _: () = {
    use framework::landfall::__private as __rt;
    impl __rt::Endpoint for Web {
        type State = ();
        const DEF: &'static __rt::EndpointDef = &__rt::EndpointDef {
            name: "Web",
            mounts: &[],
            ..__rt::EndpointDef::DEFAULT
        };
        const STATIC_FILES: __rt::StaticFiles = __rt::StaticFiles::plain("/s");
        fn settings() -> __rt::Settings {
            let mut settings = __rt::Settings::default();
            settings.static_url = __rt::Group::on(__rt::Url {
                host: __rt::Setting::given("cdn.example.com"),
                path: __rt::Setting::given("/s"),
                ..__rt::Url::DEFAULT
            });
            settings.http = __rt::Group::on(__rt::Http {
                ip: __rt::Setting::given("::1"),
                header_timeout: __rt::Setting::given(TIMEOUT),
                max_connections_per_ip: __rt::Setting::exact(100),
                ..__rt::Http::DEFAULT
            });
            settings.trusted_proxies = __rt::Setting::given(["10.0.0.0/8", "unix"]);
            settings.secret_key_base = __rt::Setting::given(
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            );
            settings.check_origin = __rt::Setting::given(
                __rt::CheckOrigin::<&'static [&'static ::core::primitive::str]>::Off,
            );
            settings.pubsub = __rt::PubSubSettings {
                queue: __rt::Setting::exact(1024),
                ..__rt::PubSubSettings::DEFAULT
            };
            settings.server = __rt::Setting::env_or_exact("SERVER", false);
            settings
                .extra(
                    "live_view",
                    __rt::Setting::given(
                        __rt::Extra::table([
                            ("signing_salt", __rt::Extra::from("salt")),
                            ("n", __rt::Extra::from(1)),
                        ]),
                    ),
                );
            settings.extra("region", __rt::Setting::env_or("REGION", "eu"));
            settings.extra("zone", __rt::Setting::env("ZONE"));
            settings
        }
        fn pipeline(__edge: &__rt::EndpointHandle<Self>) -> __rt::Pipeline {
            let service = __rt::not_found();
            __rt::Pipeline::new(service)
        }
    }
};
