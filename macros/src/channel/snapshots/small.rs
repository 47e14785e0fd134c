const _: () = {
    use my::landfall::__private as __rt;
    #[allow(unused_imports)]
    use __rt::{ReturnedPlain as _, ReturnedTelling as _};
    #[allow(unused_lifetimes)]
    impl __rt::channel::Channel for Lobby
    where
        for<'__any> my::UserSocket: __rt::channel::ChannelSocket,
    {
        type Socket = my::UserSocket;
        type Info = ();
        type State = ();
        const HAS_JOINED: ::core::primitive::bool = false;
        async fn join(
            __join: __rt::channel::Join<Self>,
        ) -> ::core::result::Result<
            __rt::channel::Joined<Self>,
            __rt::channel::JoinError,
        >
        where
            for<'__any> Self: ::core::marker::Send,
        {
            let __value = Self::join();
            (&__value).returned().joined::<Self>(__value)
        }
        async fn handle_in(
            &mut self,
            __event: __rt::channel::Event,
            __out: &mut __rt::channel::Outlet,
        ) -> __rt::channel::Answer
        where
            for<'__any> Self: ::core::marker::Send,
        {
            match __event.name() {
                _ => __rt::channel::argument::unknown_event(&__event, __out),
            }
        }
    }
    const _: fn() = __rt::channel::has_channels::<my::UserSocket>;
};
#[allow(
    clippy::needless_pass_by_ref_mut,
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
)]
impl Lobby {
    fn join() -> Self {
        Lobby
    }
}
