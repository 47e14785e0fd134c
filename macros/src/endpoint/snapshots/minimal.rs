pub struct Web;
#[allow(clippy::needless_update, clippy::redundant_closure)]
const _: () = {
    use ::landfall::__private as __rt;
    #[allow(clippy::all, clippy::pedantic)]
    mod __warning {
        #[deprecated(
            note = "this endpoint has neither sockets nor plugs: every request is answered 404\n\n  = help: add `socket(\"/socket\", RoomSocket);` or `service(router());`\n  = note: `#[allow(deprecated)]` before the statement or the item silences this"
        )]
        pub(super) const fn nothing_served() {}
    }
    const _: () = {
        let _: fn() = __warning::nothing_served;
    };
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
