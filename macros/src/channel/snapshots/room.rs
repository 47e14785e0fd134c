const _: () = {
    use ::landfall::__private as __rt;
    #[allow(unused_imports)]
    use __rt::{ReturnedPlain as _, ReturnedTelling as _};
    #[allow(unused_lifetimes)]
    impl __rt::channel::Channel for RoomChannel
    where
        for<'__any> UserSocket: __rt::channel::ChannelSocket,
    {
        type Socket = UserSocket;
        type Info = RoomInfo;
        type State = (
            __rt::By<
                Mailbox<RoomInfo>,
                <Mailbox<RoomInfo> as __rt::channel::FromJoin<Self>>::State,
            >,
            (),
        );
        const INTERCEPT: &'static [&'static ::core::primitive::str] = &["user_joined"];
        const NEEDS_REST: ::core::primitive::bool = true;
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
            let __argument0: RoomId = __rt::channel::argument::rest(&__join)?;
            let __argument1: &str = __join.topic();
            let __argument2: JoinRoom = __rt::channel::argument::payload(&__join)?;
            let __argument3: &'static Kind = __rt::channel::argument::assigns(&__join)?;
            let __argument4: &UserSocket = __rt::channel::argument::socket(&__join);
            let __argument5: Mailbox<RoomInfo> = <Mailbox<
                RoomInfo,
            > as __rt::channel::FromJoin<
                Self,
            >>::from_join(
                    &__join,
                    __rt::channel::argument::needs::<Self, Mailbox<RoomInfo>>(&__join),
                )
                .await?;
            let __argument6: Join<Self> = ::core::clone::Clone::clone(&__join);
            let __value = __rt::callback_is_send(
                    Self::join(
                        __argument0,
                        __argument1,
                        __argument2,
                        __argument3,
                        __argument4,
                        __argument5,
                        __argument6,
                    ),
                )
                .await;
            (&__value).returned().joined::<Self>(__value)
        }
        fn handle_in_now(
            &mut self,
            __event: __rt::channel::Event,
            __out: &mut __rt::channel::Outlet,
        ) -> ::core::result::Result<__rt::channel::Answer, __rt::channel::Event> {
            ::core::result::Result::Ok(
                match __event.name() {
                    "ping" | "pong" => {
                        let __name = match __event.name() {
                            "ping" => "ping",
                            "pong" => "pong",
                            _ => "",
                        };
                        let __answer = {
                            let __value = Self::ping(self, __out);
                            (&__value).returned().answer(__value)
                        };
                        __rt::channel::argument::of_event(__answer, __name)
                    }
                    _ => return ::core::result::Result::Err(__event),
                },
            )
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
                "new_message" => {
                    let __payload: NewMessage = match __rt::channel::argument::event(
                        __event,
                        __out,
                    ) {
                        ::core::result::Result::Ok(__payload) => __payload,
                        ::core::result::Result::Err(__answer) => return __answer,
                    };
                    let __answer = {
                        let __value = __rt::callback_is_send(
                                Self::new_message(self, __payload, __out),
                            )
                            .await;
                        (&__value).returned().answer(__value)
                    };
                    __rt::channel::argument::of_event(__answer, "new_message")
                }
                "upload" => {
                    let __payload: Binary = match __rt::channel::argument::event(
                        __event,
                        __out,
                    ) {
                        ::core::result::Result::Ok(__payload) => __payload,
                        ::core::result::Result::Err(__answer) => return __answer,
                    };
                    let __value = __rt::callback_is_send(Self::upload(self, __payload))
                        .await;
                    (&__value).returned().answer(__value)
                }
                _ => {
                    let __name = __rt::channel::argument::name(&__event);
                    let __answer = {
                        let __value = __rt::callback_is_send(
                                Self::handle_in(self, __event, __out),
                            )
                            .await;
                        (&__value).returned().answer(__value)
                    };
                    __rt::channel::argument::of_name(__answer, &__name)
                }
            }
        }
        async fn handle_info(
            &mut self,
            __info: Self::Info,
            __out: &mut __rt::channel::Outlet,
        ) -> __rt::channel::Answer
        where
            for<'__any> Self: ::core::marker::Send,
        {
            let __value = __rt::callback_is_send(Self::handle_info(self, __info, __out))
                .await;
            (&__value).returned().answer(__value)
        }
        async fn handle_out(
            &mut self,
            __broadcast: __rt::Broadcast,
            __out: &mut __rt::channel::Outlet,
        ) -> __rt::channel::Answer
        where
            for<'__any> Self: ::core::marker::Send,
        {
            match __broadcast.event() {
                "user_joined" => {
                    let __payload: Joined = match __rt::channel::argument::broadcast(
                        &__broadcast,
                    ) {
                        ::core::result::Result::Ok(__payload) => __payload,
                        ::core::result::Result::Err(__answer) => return __answer,
                    };
                    let __value = __rt::callback_is_send(
                            Self::user_joined(self, __payload, __out),
                        )
                        .await;
                    (&__value).returned().answer(__value)
                }
                _ => __rt::channel::argument::pass_on(&__broadcast, __out),
            }
        }
        fn terminate(self, __reason: __rt::Reason) {
            Self::terminate(self, __reason)
        }
    }
    const _: fn() = __rt::channel::has_channels::<UserSocket>;
    const _: &[()] = &[
        __rt::MARKS.rest,
        __rt::MARKS.topic,
        __rt::MARKS.payload,
        __rt::MARKS.assigns,
        __rt::MARKS.handle_in,
        __rt::MARKS.handle_in,
        __rt::MARKS.handle_in,
        __rt::MARKS.handle_out,
    ];
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
impl RoomChannel {
    /// Lets members in.
    pub async fn join(
        id: RoomId,
        topic: &str,
        params: JoinRoom,
        kind: &'static Kind,
        socket: &UserSocket,
        mailbox: Mailbox<RoomInfo>,
        whole: Join<Self>,
    ) -> Result<Self, JoinError> {
        Ok(RoomChannel { id })
    }
    async fn handle_in(&mut self, event: Event, out: &mut Outlet) -> Answer {
        Answer::NoReply
    }
    async fn handle_info(&mut self, info: RoomInfo, out: &mut Outlet) {
        out.push("info", info.payload());
    }
    fn terminate(self, reason: Reason) {}
    async fn new_message(
        &mut self,
        message: NewMessage,
        out: &mut Outlet,
    ) -> Result<Reply, Reply> {
        Ok(Reply::ok(self.say(message, out)?))
    }
    async fn upload(&mut self, Binary(bytes): Binary) {}
    fn ping(&mut self, out: &mut Outlet) -> Reply {
        Reply::ok(Payload::EMPTY)
    }
    async fn user_joined(&mut self, payload: Joined, out: &mut Outlet) {}
}
impl RoomChannel {
    fn say(&self, message: NewMessage, out: &mut Outlet) -> Payload {
        Payload::EMPTY
    }
}
