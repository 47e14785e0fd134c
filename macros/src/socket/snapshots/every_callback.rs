const _: () = {
    use ::landfall::__private as __rt;
    #[allow(unused_imports)]
    use __rt::{ReturnedPlain as _, ReturnedTelling as _};
    #[allow(unused_lifetimes)]
    #[cfg(unix)]
    impl<T: Send + 'static> __rt::Socket for Every<T>
    where
        T: Clone,
        Self: 'static,
    {
        #[cfg(feature = "x")]
        type Info = Event;
        #[cfg(not(any(all(feature = "x"))))]
        type Info = ();
        #[cfg(not(any(all(feature = "x"))))]
        const HANDLES_INFO: ::core::primitive::bool = false;
        type State = ();
        const NEEDS: __rt::Needs = __rt::Needs {
            info: &[],
            params: &[#[cfg(feature = "x")] "x", "type"],
            optional_params: &[],
            no_other_params: false,
        };
        const HANDLES_CONTROL: ::core::primitive::bool = true;
        async fn connect(
            __connect: __rt::Connect<<Self as __rt::Socket>::Info>,
        ) -> ::core::result::Result<Self, __rt::Refused>
        where
            for<'__any> Self: ::core::marker::Send,
        {
            #[cfg(feature = "x")]
            let x: u8 = __rt::argument::required(&__connect, "x")?;
            let r#type: String = __rt::argument::required(&__connect, "type")?;
            let connect: Connect<Event> = __connect;
            let __value = __rt::callback_is_send(
                    Self::connect(connect, #[cfg(feature = "x")] x, r#type),
                )
                .await;
            (&__value).returned().connected::<Self>(__value)
        }
        async fn init(&mut self, __out: &mut Outbox) -> __rt::Flow
        where
            for<'__any> Self: ::core::marker::Send,
        {
            let __value = Self::init(self, __out);
            (&__value).returned().flow(__value, __out, "init")
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
        #[cfg(feature = "x")]
        async fn handle_info(
            &mut self,
            __argument1: Event,
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
        async fn handle_control(
            &mut self,
            __argument1: Control,
            __out: &mut Outbox,
        ) -> __rt::Flow
        where
            for<'__any> Self: ::core::marker::Send,
        {
            let __value = __rt::callback_is_send(
                    Self::handle_control(self, __argument1, __out),
                )
                .await;
            (&__value).returned().flow(__value, __out, "handle_control")
        }
        fn terminate(self, __argument1: Reason) {
            Self::terminate(self, __argument1)
        }
        fn children(__argument0: &mut Children) {
            Self::children(__argument0)
        }
        async fn drain(__argument0: Draining)
        where
            for<'__any> Self: ::core::marker::Send,
        {
            __rt::callback_is_send(Self::drain(__argument0)).await
        }
        fn encode(__argument0: &Broadcast) -> Option<Message> {
            Self::encode(__argument0)
        }
    }
    const _: &[()] = &[__rt::MARKS.param, __rt::MARKS.param];
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
#[cfg(unix)]
impl<T: Send + 'static> Every<T>
where
    T: Clone,
{
    async fn connect(
        connect: Connect<Event>,
        #[cfg(feature = "x")]
        x: u8,
        r#type: String,
    ) -> Result<Self, MyError> {
        #![allow(unused)]
        todo(connect).await
    }
    fn init(&mut self, _: &mut Outbox) -> Flow {
        Flow::Continue
    }
    async fn handle_in(
        &mut self,
        (Message::Text(_) | Message::Binary(_)): Message,
        _: &mut Outbox,
    ) {}
    #[cfg(feature = "x")]
    async fn handle_info(&mut self, event: Event, _: &mut Outbox) {
        return;
    }
    async fn handle_control(&mut self, _: Control, _: &mut Outbox) -> () {}
    fn terminate(mut self, _: Reason) {}
    fn children(children: &mut Children) {}
    async fn drain(draining: Draining) {
        draining.ended().await
    }
    fn encode(broadcast: &Broadcast) -> Option<Message> {
        None
    }
}
#[cfg(unix)]
impl<T: Send + 'static> Every<T>
where
    T: Clone,
{
    const LIMIT: usize = 3;
}
