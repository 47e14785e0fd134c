//! Whether a state provides what is needed. The compiler checks this where a socket is mounted.

use std::any::Any;

use super::{By, FromRef, Need, Needed, app::Slot};

/// `Self` can take a `T` of an application's state `App`, by [`FromRef`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes `{T}`, which `{App}` does not give",
    label = "takes `{T}`",
    note = "`state = App;` in `endpoint!` says what the application brings, `impl FromRef<App> for {T}` how that is taken of it"
)]
pub trait Takes<T, App> {
    #[doc(hidden)]
    fn take(app: &App) -> T;
}

// The error is about the type that takes the part, not about `FromRef`.
#[diagnostic::do_not_recommend]
impl<Owner: ?Sized, T: FromRef<App>, App> Takes<T, App> for Owner {
    fn take(app: &App) -> T {
        T::from_ref(app)
    }
}

/// An application's state `App` provides all of these needs, which are those of `Owner`.
pub trait Provide<App, Owner: ?Sized>: Needed {
    /// Fills the slot, a `Slot<T>`, if `T` is among the needs.
    #[doc(hidden)]
    fn provide(app: &App, slot: &mut dyn Any);
}

impl<App, Owner: ?Sized, T: Send + 'static> Provide<App, Owner> for Need<T>
where
    Owner: Takes<T, App>,
{
    fn provide(app: &App, slot: &mut dyn Any) {
        if let Some(slot) = slot.downcast_mut::<Slot<T>>() {
            slot.fill(|| Owner::take(app));
        }
    }
}

impl<App, Owner: ?Sized, Taker: 'static, N: Provide<App, Taker>> Provide<App, Owner>
    for By<Taker, N>
{
    fn provide(app: &App, slot: &mut dyn Any) {
        N::provide(app, slot);
    }
}

macro_rules! tuples {
    ($($first:ident $($rest:ident)*)?) => {
        impl<App, Owner: ?Sized, $($first: Provide<App, Owner>, $($rest: Provide<App, Owner>),*)?> Provide<App, Owner>
            for ($($first, $($rest),*)?)
        {
            fn provide(app: &App, slot: &mut dyn Any) {
                let _ = (app, &slot);
                $($first::provide(app, slot); $($rest::provide(app, slot);)*)?
            }
        }
        $(tuples!($($rest)*);)?
    };
}

tuples!(A B C D);
