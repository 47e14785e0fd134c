const _: () = {
    use ::landfall::__private as __rt;
    #[allow(unused_imports)]
    use __rt::{ReturnedPlain as _, ReturnedTelling as _};
    #[allow(unused_lifetimes)]
    impl __rt::Socket for RoomSocket {
        type Info = RoomEvent;
        type State = (
            __rt::By<
                Handle,
                <Handle as __rt::FromConnect<<Self as __rt::Socket>::Info>>::State,
            >,
            (
                __rt::By<
                    Mailbox<RoomEvent>,
                    <Mailbox<
                        RoomEvent,
                    > as __rt::FromConnect<<Self as __rt::Socket>::Info>>::State,
                >,
                (),
            ),
        );
        const NEEDS: __rt::Needs = __rt::Needs {
            info: &["peer_data", "user_agent", "region"],
            params: &["room_id", "a-ddress"],
            optional_params: &["token", "page"],
            no_other_params: true,
        };
        async fn connect(
            __connect: __rt::Connect<<Self as __rt::Socket>::Info>,
        ) -> ::core::result::Result<Self, __rt::Refused>
        where
            for<'__any> Self: ::core::marker::Send,
        {
            let room_id: RoomId = __rt::argument::required(&__connect, "room_id")?;
            let token: Option<String> = __rt::argument::optional(&__connect, "token")?;
            let page: u32 = match __rt::argument::optional(&__connect, "page")? {
                ::core::option::Option::Some(__value) => __value,
                ::core::option::Option::None => 1,
            };
            let address: IpAddr = __rt::argument::required_from_str(
                &__connect,
                "a-ddress",
            )?;
            let peer_data: PeerData = {
                let __value = __rt::argument::granted(
                    __connect.peer_data(),
                    "peer_data",
                )?;
                __value
            };
            let user_agent: Option<String> = __connect.user_agent();
            let region: String = match __connect.custom("region") {
                ::core::option::Option::Some(__value) => __value,
                ::core::option::Option::None => ::core::default::Default::default(),
            };
            let handle: Handle = <Handle as __rt::FromConnect<
                <Self as __rt::Socket>::Info,
            >>::from_connect(&__connect, __rt::argument::needs::<_, Handle>(&__connect))
                .await?;
            let mailbox: Mailbox<RoomEvent> = <Mailbox<
                RoomEvent,
            > as __rt::FromConnect<
                <Self as __rt::Socket>::Info,
            >>::from_connect(
                    &__connect,
                    __rt::argument::needs::<_, Mailbox<RoomEvent>>(&__connect),
                )
                .await?;
            let __value = __rt::callback_is_send(
                    Self::connect(
                        room_id,
                        token,
                        page,
                        address,
                        peer_data,
                        user_agent,
                        region,
                        handle,
                        mailbox,
                    ),
                )
                .await;
            (&__value).returned().connected::<Self>(__value)
        }
        async fn handle_in(
            &mut self,
            __argument1: Message,
            __out: &mut Outbox,
        ) -> __rt::Flow
        where
            for<'__any> Self: ::core::marker::Send,
        {
            let __value = __rt::callback_is_send(
                    Self::handle_in(self, __argument1, __out),
                )
                .await;
            (&__value).returned().flow(__value, __out, "handle_in")
        }
        async fn handle_info(
            &mut self,
            __argument1: RoomEvent,
            __out: &mut Outbox,
        ) -> __rt::Flow
        where
            for<'__any> Self: ::core::marker::Send,
        {
            let __value = __rt::callback_is_send(
                    Self::handle_info(self, __argument1, __out),
                )
                .await;
            (&__value).returned().flow(__value, __out, "handle_info")
        }
        fn terminate(self, __argument1: Reason) {
            Self::terminate(self, __argument1)
        }
    }
    const _: &[()] = &[
        __rt::MARKS.param,
        __rt::MARKS.param,
        __rt::MARKS.param,
        __rt::MARKS.param,
        __rt::MARKS.info,
        __rt::MARKS.info,
        __rt::MARKS.info,
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
impl RoomSocket {
    /// Lets members in.
    pub async fn connect(
        room_id: RoomId,
        token: Option<String>,
        page: u32,
        address: IpAddr,
        peer_data: PeerData,
        user_agent: Option<String>,
        region: String,
        handle: Handle,
        mailbox: Mailbox<RoomEvent>,
    ) -> Result<Self, Refused> {
        let user = authenticate(token)?;
        Ok(RoomSocket { room_id, user })
    }
    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        self.say(message, out);
        Flow::Continue
    }
    async fn handle_info(&mut self, info: RoomEvent, out: &mut Outbox) -> Flow {
        out.push(info.text);
        Flow::Continue
    }
    fn terminate(self, reason: Reason) {
        drop((self, reason));
    }
}
impl RoomSocket {
    fn say(&self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}
