//! Channels, over WebSocket and over longpoll, without a network and on a clock that is turned by hand.

mod client;
mod endings;
mod joining;
mod room;
mod serializers;
mod site;
mod slow;
