const _: () = {
    use ::landfall::__private as __rt;
    #[allow(unused_imports)]
    use __rt::{ReturnedPlain as _, ReturnedTelling as _};
    #[allow(unused_lifetimes)]
    impl __rt::Socket for Echo {
        type Info = ();
        const HANDLES_INFO: ::core::primitive::bool = false;
        type State = ();
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
