const _: () = {
    use my::landfall::__private as __rt;
    impl __rt::Socket for Echo {
        type Info = ();
        type State = ();
        #[allow(clippy::redundant_closure)]
        const OPTIONS: __rt::SocketOptions = __rt::SocketOptions {
            websocket: __rt::WebSocket {
                timeout: __rt::Timeout::After(__rt::Duration::from_secs(45)),
                compress: true,
                ..__rt::SocketOptions::DEFAULT.websocket
            },
            drainer: ::core::option::Option::Some(__rt::Drainer {
                batch_size: 10,
                ..__rt::drainer(__rt::SocketOptions::DEFAULT.drainer)
            }),
            log: ::core::option::Option::None,
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
