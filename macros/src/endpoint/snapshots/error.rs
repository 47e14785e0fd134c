pub struct Web;
#[allow(unexpected_cfgs, clippy::needless_update, clippy::redundant_closure)]
const _: () = {
    use ::landfall::__private as __rt;
    #[cfg(rust_analyzer)]
    enum __Typed {
        Here = {
            let _ = __rt::Directives {
                plg: loop {},
                ..__rt::DIRECTIVES
            };
            impl __rt::Endpoint for Web {
                type State = ();
                const DEF: &'static __rt::EndpointDef = &__rt::EndpointDef {
                    name: "Web",
                    mounts: &[],
                    ..__rt::EndpointDef::DEFAULT
                };
                fn settings() -> __rt::Settings {
                    let mut settings = __rt::Settings::default();
                    settings.url = __rt::Url {
                        hots: loop {},
                        ..__rt::Url::DEFAULT
                    };
                    settings.http = __rt::Group::on(__rt::Http {
                        port: __rt::Setting::exact(70000),
                        ..__rt::Http::DEFAULT
                    });
                    settings
                }
                fn pipeline(__edge: &__rt::EndpointHandle<Self>) -> __rt::Pipeline {
                    let service = __rt::not_found();
                    __rt::Pipeline::new(service)
                }
            }
            0
        },
    }
    impl __rt::Endpoint for Web {
        type State = ();
        const DEF: &'static __rt::EndpointDef = &__rt::EndpointDef {
            name: "Web",
            ..__rt::EndpointDef::DEFAULT
        };
        fn settings() -> __rt::Settings {
            ::core::unreachable!()
        }
        fn pipeline(_: &__rt::EndpointHandle<Self>) -> __rt::Pipeline {
            ::core::unreachable!()
        }
    }
};
::core::compile_error! {
    "unknown key `hots` in `url` [url]\n\n  = help: did you mean `host`?"
}
::core::compile_error! {
    "unknown directive `plg` [endpoint]\n\n  = help: did you mean `plug`?"
}
::core::compile_error! {
    "`port` must be between 0 and 65535 [http.port]"
}
