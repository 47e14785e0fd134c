const _: () = {
    use ::landfall::__private as __rt;
    impl __rt::Socket for Echo {
        type Info = ();
        type State = ();
        #[allow(clippy::redundant_closure)]
        const OPTIONS: __rt::SocketOptions = __rt::SocketOptions {
            longpoll: ::core::option::Option::Some(
                __rt::longpoll(__rt::SocketOptions::DEFAULT.longpoll),
            ),
            ..__rt::SocketOptions::DEFAULT
        };
        async fn connect(
            __connect: __rt::Connect<<Self as __rt::Socket>::Info>,
        ) -> Result<Self, Refused> {
            Ok(Echo)
        }
        async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> __rt::Flow {
            let () = async move {
                out.push(message);
            }
                .await;
            __rt::Flow::Continue
        }
    }
};
