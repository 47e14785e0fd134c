const _: () = {
    use my::landfall::__private as __rt;
    impl __rt::channel::Channel for Lobby {
        type Socket = my::UserSocket;
        type Info = ();
        type State = ();
        async fn join(
            __join: __rt::channel::Join<Self>,
        ) -> ::core::result::Result<
            __rt::channel::Joined<Self>,
            __rt::channel::JoinError,
        > {
            let __value = Self::join();
            __rt::channel::IntoJoined::<Self>::into_joined(__value)
        }
        async fn handle_in(
            &mut self,
            __event: __rt::channel::Event,
            __out: &mut __rt::channel::Outlet,
        ) -> __rt::channel::Answer {
            match __event.name() {
                _ => __rt::channel::argument::unknown_event(&__event, __out),
            }
        }
    }
};
impl Lobby {
    fn join() -> Self {
        Lobby
    }
}
