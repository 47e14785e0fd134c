const _: () = {
    use my::landfall::__private as __rt;
    #[allow(unused_imports)]
    use __rt::{ReturnedPlain as _, ReturnedTelling as _};
    #[allow(unused_lifetimes)]
    impl __rt::Socket for Echo {
        type Info = ();
        const HANDLES_INFO: ::core::primitive::bool = false;
        type State = ();
        #[allow(clippy::redundant_closure)]
        const OPTIONS: __rt::SocketOptions = __rt::SocketOptions {
            websocket: __rt::WebSocket {
                timeout: __rt::Timeout::After(__rt::Duration::from_secs(45)),
                compress: true,
                ..__rt::SocketOptions::DEFAULT.websocket
            },
            drainer: ::core::option::Option::Some(__rt::DrainerOptions {
                batch_size: __rt::AtStart::Value(10),
                ..__rt::drainer(__rt::SocketOptions::DEFAULT.drainer)
            }),
            log: ::core::option::Option::None,
            ..__rt::SocketOptions::DEFAULT
        };
        const NEEDS: __rt::Needs = __rt::Needs {
            info: &[],
            params: &[],
            optional_params: &[],
            no_other_params: true,
        };
        async fn connect(
            __connect: __rt::Connect<<Self as __rt::Socket>::Info>,
        ) -> ::core::result::Result<Self, __rt::Refused>
        where
            for<'__any> Self: ::core::marker::Send,
        {
            let __value = Self::connect();
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
            let __value = Self::handle_in(self, __argument1, __out);
            (&__value).returned().flow(__value, __out, "handle_in")
        }
    }
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
impl Echo {
    fn connect() -> Result<Self, Refused> {
        Ok(Echo)
    }
    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}
