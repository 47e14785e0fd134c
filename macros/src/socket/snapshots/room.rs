const _: () = {
    use ::landfall::__private as __rt;
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
        };
        /// Lets members in.
        async fn connect(
            __connect: __rt::Connect<<Self as __rt::Socket>::Info>,
        ) -> Result<Self, Refused> {
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
            let peer_data: PeerData = __rt::argument::granted(
                __connect.peer_data(),
                "peer_data",
            )?;
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
};
impl RoomSocket {
    fn say(&self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}
