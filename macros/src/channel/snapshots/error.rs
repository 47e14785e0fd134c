#[allow(dead_code, unused, clippy::all)]
impl Room {
    async fn join(id: u8) -> Result<Self, JoinError> {
        Ok(Room)
    }
    async fn say(&mut self, text: String, out: &mut Outlet) {}
    async fn handle_info(&mut self, info: Info, out: &mut Outlet) {}
    #[must_use]
    fn other(&self) -> u8 {
        0
    }
}
const _: () = {
    use ::landfall::__private as __rt;
    #[allow(unused, clippy::all)]
    impl __rt::channel::Channel for Room {
        type Socket = UserSocket;
        type Info = Info;
        type State = ();
        async fn join(
            _: __rt::channel::Join<Self>,
        ) -> ::core::result::Result<
            __rt::channel::Joined<Self>,
            __rt::channel::JoinError,
        > {
            ::core::unreachable!()
        }
        async fn handle_in(
            &mut self,
            _: __rt::channel::Event,
            _: &mut __rt::channel::Outlet,
        ) -> __rt::channel::Answer {
            ::core::unreachable!()
        }
    }
};
::core::compile_error! {
    "unknown attribute `rst` [channel]\n\n  = help: did you mean `#[rest]`?\n  = note: attributes of arguments of `join`: `rest`, `topic`, `payload`, `assigns`, `state`"
}
::core::compile_error! {
    "`#[handle_in]` needs the name of an event [channel]\n\n  = help: write `#[handle_in(\"new_message\")]`\n  = help: a method named `handle_in` without attribute handles all other events"
}
