const _: () = {
    use ::landfall::__private as __rt;
    #[allow(unused_imports)]
    use __rt::{ReturnedPlain as _, ReturnedTelling as _};
    #[allow(unused_lifetimes)]
    impl __rt::channel::ChannelSocket for UserSocket {
        const CHANNELS: &'static [__rt::channel::Route<Self>] = &[
            __rt::channel::Route::new::<RoomChannel>("room:*", "RoomChannel"),
            __rt::channel::Route::new::<my::Lobby<u8>>("lobby", "my::Lobby<u8>")
                .assigns(const { &(KIND) }),
        ];
        const MAX_CHANNELS: ::core::primitive::usize = 7;
        const SERIALIZERS: &'static [__rt::channel::Versioned] = &[
            __rt::channel::Versioned::new(
                const { &(V2) },
                __rt::channel::Requirement::new("~> 2.0.0"),
            ),
            OWN,
        ];
        type State = ();
        #[allow(clippy::redundant_closure)]
        const OPTIONS: __rt::SocketOptions = __rt::SocketOptions {
            websocket: __rt::WebSocket {
                compress: true,
                ..__rt::SocketOptions::DEFAULT.websocket
            },
            ..__rt::SocketOptions::DEFAULT
        };
        const NEEDS: __rt::Needs = __rt::Needs {
            info: &[],
            params: &["token"],
            optional_params: &[],
            no_other_params: true,
        };
        async fn connect(
            __connect: __rt::Connect<()>,
        ) -> ::core::result::Result<Self, __rt::Refused>
        where
            for<'__any> Self: ::core::marker::Send + ::core::marker::Sync,
        {
            let token: String = __rt::argument::required(&__connect, "token")?;
            let __value = __rt::callback_is_send(Self::connect(token)).await;
            (&__value).returned().connected::<Self>(__value)
        }
        fn id(&self) -> Option<String> {
            Self::id(self)
        }
        fn children(__argument0: &mut Children) {
            Self::children(__argument0)
        }
        async fn drain(__argument0: Draining)
        where
            for<'__any> Self: ::core::marker::Send + ::core::marker::Sync,
        {
            Self::drain(__argument0)
        }
    }
    impl __rt::IntoSocket for UserSocket {
        type Socket = __rt::channel::Multiplexer<Self>;
        type Needs = __rt::channel::WithChannels<Self>;
    }
    impl<__App> __rt::channel::ProvideChannels<__App> for UserSocket
    where
        __rt::channel::OfChannel<RoomChannel>: __rt::Provide<__App, UserSocket>,
        __rt::channel::OfChannel<my::Lobby<u8>>: __rt::Provide<__App, UserSocket>,
    {
        fn provide(__app: &__App, __slot: &mut dyn ::core::any::Any) {
            <__rt::channel::OfChannel<
                RoomChannel,
            > as __rt::Provide<__App, UserSocket>>::provide(__app, __slot);
            <__rt::channel::OfChannel<
                my::Lobby<u8>,
            > as __rt::Provide<__App, UserSocket>>::provide(__app, __slot);
        }
    }
    const _: &[()] = &[
        __rt::SOCKET_KEYS.channel,
        __rt::SOCKET_KEYS.channel,
        __rt::SOCKET_KEYS.max_channels,
        __rt::SOCKET_KEYS.serializers,
    ];
    const _: &[()] = &[__rt::MARKS.param];
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
impl UserSocket {
    async fn connect(token: String) -> Result<Self, Refused> {
        Ok(UserSocket { user: user(token)? })
    }
    fn id(&self) -> Option<String> {
        Some(topic(&self.user))
    }
    fn children(children: &mut Children) {}
    fn drain(_: Draining) {}
}
impl UserSocket {
    fn name(&self) -> &str {
        &self.user.name
    }
}
