#[allow(unexpected_cfgs)]
const _: () = {
    use ::landfall::__private as __rt;
    #[cfg(rust_analyzer)]
    enum __Typed {
        Here = {
            let _ = __rt::SocketKeys {
                chanel: loop {},
                ..__rt::SOCKET_KEYS
            };
            0
        },
    }
};
#[allow(dead_code, unused, clippy::all)]
impl UserSocket {
    async fn connect(token: String) -> Result<Self, Refused> {
        Ok(UserSocket { user: user(token)? })
    }
    fn id(&self) -> Option<String> {
        Some(topic(&self.user))
    }
    fn children(children: &mut Children) {}
    fn drain(_: Draining) {}
    fn name(&self) -> &str {
        &self.user.name
    }
}
const _: () = {
    use ::landfall::__private as __rt;
    #[allow(unused, clippy::all)]
    impl __rt::channel::ChannelSocket for UserSocket {
        type State = ();
        const CHANNELS: &'static [__rt::channel::Route<Self>] = &[];
        async fn connect(
            _: __rt::Connect<()>,
        ) -> ::core::result::Result<Self, __rt::Refused> {
            ::core::unreachable!()
        }
    }
    impl __rt::IntoSocket for UserSocket {
        type Socket = __rt::channel::Multiplexer<Self>;
        type Needs = ();
    }
};
::core::compile_error! {
    "this topic has no channel [socket]\n\n  = help: write `channel(\"room:*\", RoomChannel)`"
}
::core::compile_error! {
    "unknown key `chanel` in `#[socket]` [socket]\n\n  = help: did you mean `channel`?"
}
