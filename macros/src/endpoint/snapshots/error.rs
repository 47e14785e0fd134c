pub struct Web;
#[allow(clippy::needless_update, clippy::redundant_closure)]
const _: () = {
    use ::landfall::__private as __rt;
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
    "unknown key `hots` in `url`\n\n  = help: did you mean `host`?"
}
::core::compile_error! {
    "unknown directive `plg`\n\n  = help: did you mean `plug`?"
}
::core::compile_error! {
    "`port` must be between 0 and 65535"
}
