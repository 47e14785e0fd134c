//! What a socket with channels takes of the application's state: its own parts, and those of its
//! channels.

use std::{any::Any, fmt, marker::PhantomData};

use super::{Channel, ChannelSocket};
use crate::state::{AppState, Needed, Provide};

/// The application's state `App` gives what the channels of a socket take. The macro names channels
/// only in the bounds of its implementation, because they may be private where their socket is not.
pub trait ProvideChannels<App> {
    /// Puts the parts that each channel takes into the slot, and those of the socket itself.
    fn provide(app: &App, slot: &mut dyn Any);
}

/// What a socket takes of the application's state, and what its channels take.
pub struct WithChannels<S>(PhantomData<fn() -> S>);

impl<S: ChannelSocket> Needed for WithChannels<S> {
    type Value = ();

    fn fetch(_: &AppState) -> Option<()> {
        Some(())
    }

    fn undeclared(_: &AppState, _: &mut Vec<&'static str>) {}
}

impl<App, Owner: ?Sized, S: ChannelSocket + ProvideChannels<App>> Provide<App, Owner>
    for WithChannels<S>
where
    S::State: Provide<App, S>,
{
    fn provide(app: &App, slot: &mut dyn Any) {
        S::State::provide(app, slot);
        <S as ProvideChannels<App>>::provide(app, slot);
    }
}

/// What a channel takes of the application's state. A bound on it does not require that `C` is a
/// channel; its route does.
pub struct OfChannel<C>(PhantomData<fn() -> C>);

impl<C: 'static> Needed for OfChannel<C> {
    type Value = ();

    fn fetch(_: &AppState) -> Option<()> {
        Some(())
    }

    fn undeclared(_: &AppState, _: &mut Vec<&'static str>) {}
}

impl<App, Owner: ?Sized, C: Channel> Provide<App, Owner> for OfChannel<C>
where
    C::State: Provide<App, C>,
{
    fn provide(app: &App, slot: &mut dyn Any) {
        C::State::provide(app, slot);
    }
}

impl<C> fmt::Debug for OfChannel<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfChannel")
    }
}

impl<S> fmt::Debug for WithChannels<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WithChannels")
    }
}
