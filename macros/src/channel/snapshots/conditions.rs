const _: () = {
    use ::landfall::__private as __rt;
    #[allow(unused_imports)]
    use __rt::{ReturnedPlain as _, ReturnedTelling as _};
    #[allow(unused_lifetimes)]
    #[cfg(unix)]
    impl<T: Send + 'static> __rt::channel::Channel for Every<T>
    where
        T: Clone,
        Self: 'static,
    {
        type Socket = UserSocket;
        #[cfg(feature = "x")]
        type Info = T;
        #[cfg(not(any(all(feature = "x"))))]
        type Info = ();
        type State = ();
        const INTERCEPT: &'static [&'static ::core::primitive::str] = &[
            #[cfg(feature = "x")]
            "ping",
        ];
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
            #[cfg(feature = "x")]
            let __argument0: T = __rt::channel::argument::payload(&__join)?;
            #[cfg(not(feature = "x"))]
            let __argument1: Join<Self> = ::core::clone::Clone::clone(&__join);
            let __value = __rt::callback_is_send(
                    Self::join(
                        #[cfg(feature = "x")]
                        __argument0,
                        #[cfg(not(feature = "x"))]
                        __argument1,
                    ),
                )
                .await;
            (&__value).returned().joined::<Self>(__value)
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
                #[cfg(feature = "x")]
                "ping" => {
                    let __value = __rt::callback_is_send(Self::ping(self)).await;
                    (&__value).returned().answer(__value)
                }
                #[cfg(not(feature = "x"))]
                "ping" => {
                    let __payload: Event = match __rt::channel::argument::event(
                        __event,
                        __out,
                    ) {
                        ::core::result::Result::Ok(__payload) => __payload,
                        ::core::result::Result::Err(__answer) => return __answer,
                    };
                    let __value = __rt::callback_is_send(Self::ping(self, __payload))
                        .await;
                    (&__value).returned().answer(__value)
                }
                #[cfg(feature = "x")]
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
                #[cfg(not(any(all(feature = "x"))))]
                _ => __rt::channel::argument::unknown_event(&__event, __out),
            }
        }
        #[cfg(feature = "x")]
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
                #[cfg(feature = "x")]
                "ping" => {
                    let __value = __rt::callback_is_send(Self::ping(self)).await;
                    (&__value).returned().answer(__value)
                }
                _ => __rt::channel::argument::pass_on(&__broadcast, __out),
            }
        }
    }
    const _: &[()] = &[
        __rt::MARKS.payload,
        __rt::MARKS.handle_in,
        __rt::MARKS.handle_out,
        __rt::MARKS.handle_in,
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
#[cfg(unix)]
impl<T: Send + 'static> Every<T>
where
    T: Clone,
{
    async fn join(
        #[cfg(feature = "x")]
        params: T,
        #[cfg(not(feature = "x"))]
        _: Join<Self>,
    ) -> Self {
        Every
    }
    #[cfg(feature = "x")]
    async fn handle_in(&mut self, event: Event, out: &mut Outlet) -> Answer {
        Answer::NoReply
    }
    #[cfg(feature = "x")]
    async fn handle_info(&mut self, info: T, _: &mut Outlet) {}
    #[cfg(feature = "x")]
    async fn ping(&mut self) {}
    #[cfg(not(feature = "x"))]
    async fn ping(&mut self, event: Event) {}
}
#[cfg(unix)]
impl<T: Send + 'static> Every<T>
where
    T: Clone,
{
    const LIMIT: usize = 3;
}
