const _: () = {
    use ::landfall::__private as __rt;
    #[cfg(unix)]
    impl<T: Send + 'static> __rt::Socket for Every<T>
    where
        T: Clone,
    {
        #[cfg(feature = "x")]
        type Info = Event;
        #[cfg(not(any(all(feature = "x"))))]
        type Info = ();
        type State = ();
        const NEEDS: __rt::Needs = __rt::Needs {
            info: &[],
            params: &[#[cfg(feature = "x")] "x", "type"],
            optional_params: &[],
        };
        async fn connect(
            __connect: __rt::Connect<<Self as __rt::Socket>::Info>,
        ) -> ::core::result::Result<Self, __rt::Refused> {
            #![allow(unused)]
            #[cfg(feature = "x")]
            let x: u8 = __rt::argument::required(&__connect, "x")?;
            let r#type: String = __rt::argument::required(&__connect, "type")?;
            let connect: Connect<Event> = __connect;
            ::core::result::Result::map_err(
                (async move || -> Result<Self, MyError> { todo(connect).await })().await,
                ::core::convert::Into::into,
            )
        }
        async fn init(&mut self, _: &mut Outbox) -> Flow {
            Flow::Continue
        }
        async fn handle_in(
            &mut self,
            (Message::Text(_) | Message::Binary(_)): Message,
            _: &mut Outbox,
        ) -> __rt::Flow {
            let () = async move {}.await;
            __rt::Flow::Continue
        }
        #[cfg(feature = "x")]
        async fn handle_info(&mut self, event: Event, _: &mut Outbox) -> __rt::Flow {
            let () = async move {
                return;
            }
                .await;
            __rt::Flow::Continue
        }
        async fn handle_control(&mut self, _: Control, _: &mut Outbox) -> __rt::Flow {
            let () = async move {}.await;
            __rt::Flow::Continue
        }
        fn terminate(mut self, _: Reason) {}
        fn children(children: &mut Children) {}
        fn encode(broadcast: &Broadcast) -> Option<Message> {
            None
        }
    }
};
#[cfg(unix)]
impl<T: Send + 'static> Every<T>
where
    T: Clone,
{
    const LIMIT: usize = 3;
}
