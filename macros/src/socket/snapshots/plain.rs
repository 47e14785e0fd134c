const _: () = {
    use ::landfall::__private as __rt;
    impl __rt::Socket for Echo {
        type Info = ();
        type State = ();
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
