#[allow(unexpected_cfgs)]
const _: () = {
    use ::landfall::__private as __rt;
    #[cfg(rust_analyzer)]
    enum __Typed {
        Here = {
            #[allow(clippy::redundant_closure)]
            const OPTIONS: __rt::SocketOptions = __rt::SocketOptions {
                websocket: __rt::WebSocket {
                    tmeout: loop {},
                    ..__rt::SocketOptions::DEFAULT.websocket
                },
                ..__rt::SocketOptions::DEFAULT
            };
            0
        },
    }
};
#[allow(dead_code, unused, clippy::all)]
impl S {
    fn connect(a: u8, peer_dta: PeerData) -> Result<Self, Refused> {
        Ok(S)
    }
    async fn handle_in(&mut self, message: Message) {}
    async fn handle_info(&mut self, info: Event, out: &mut Outbox) {}
    fn other(&self) {}
}
const _: () = {
    use ::landfall::__private as __rt;
    #[allow(unused, clippy::all)]
    impl __rt::Socket for S {
        type Info = Event;
        type State = ();
        async fn connect(
            _: __rt::Connect<Self::Info>,
        ) -> ::core::result::Result<Self, __rt::Refused> {
            ::core::unreachable!()
        }
        async fn handle_in(
            &mut self,
            _: __rt::Message,
            _: &mut __rt::Outbox,
        ) -> __rt::Flow {
            ::core::unreachable!()
        }
    }
};
::core::compile_error! {
    "unknown key `tmeout` in `websocket` [socket.websocket]\n\n  = help: did you mean `timeout`?"
}
::core::compile_error! {
    "unknown attribute `parm` [socket]\n\n  = help: did you mean `#[param]`?"
}
::core::compile_error! {
    "unknown connect_info key `peer_dta` [socket.connect]\n\n  = help: did you mean `peer_data`?"
}
::core::compile_error! {
    "`handle_in` has the wrong shape [socket.handle_in]\n\n  = help: expected `async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow`\n  = note: it takes 2 arguments besides `self`, this has 1"
}
