pub struct Web;
#[allow(clippy::needless_update, clippy::redundant_closure)]
const _: () = {
    use ::landfall::__private as __rt;
    impl __rt::Endpoint for Web {
        type State = ();
        const DEF: &'static __rt::EndpointDef = &__rt::EndpointDef {
            name: "Web",
            mounts: &[],
            ..__rt::EndpointDef::DEFAULT
        };
        fn settings() -> __rt::Settings {
            let settings = __rt::Settings::default();
            settings
        }
        fn pipeline(__edge: &__rt::EndpointHandle<Self>) -> __rt::Pipeline {
            let service = __rt::not_found();
            __rt::Pipeline::new(service)
        }
    }
};
