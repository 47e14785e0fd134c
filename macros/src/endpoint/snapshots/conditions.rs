struct Web;
#[allow(clippy::needless_update, clippy::redundant_closure)]
const _: () = {
    use ::landfall::__private as __rt;
    #[cfg(debug_assertions)]
    const __MOUNT_0: __rt::Mount = __rt::mount(
        __rt::Mount::new(
            "/debug",
            __rt::SocketDef::of::<Debug, <Web as __rt::Endpoint>::State>("Debug"),
        ),
    );
    impl __rt::Endpoint for Web {
        type State = ();
        const DEF: &'static __rt::EndpointDef = &__rt::EndpointDef {
            name: "Web",
            mounts: &[#[cfg(debug_assertions)] __MOUNT_0],
            ..__rt::EndpointDef::DEFAULT
        };
        fn settings() -> __rt::Settings {
            let mut settings = __rt::Settings::default();
            #[cfg(debug_assertions)]
            {
                settings.http = __rt::Group::on(__rt::Http {
                    port: __rt::Setting::exact(4000),
                    ..__rt::Http::DEFAULT
                });
            }
            #[cfg(not(debug_assertions))]
            {
                settings.http = __rt::Group::on(__rt::Http {
                    port: __rt::Setting::env("PORT"),
                    idle_timeout: __rt::Setting::given(__rt::Duration::from_secs(5)),
                    max_headers: __rt::Setting::exact(MAX),
                    ..__rt::Http::DEFAULT
                });
            }
            settings
        }
        fn pipeline(__edge: &__rt::EndpointHandle<Self>) -> __rt::Pipeline {
            let service = __rt::not_found();
            #[cfg(not(debug_assertions))]
            let service = router();
            #[cfg(debug_assertions)]
            let service = debug();
            __rt::Pipeline::new(service)
        }
    }
    const _: &[()] = &[
        __rt::DIRECTIVES.socket,
        __rt::DIRECTIVES.service,
        __rt::DIRECTIVES.service,
    ];
};
