//! Channels, over WebSocket and over longpoll, without a network and on a clock that is turned by hand.

mod bounds;
mod broadcasts;
mod client;
mod endings;
mod joined;
mod joining;
mod mailbox;
mod model;
mod presence;
mod replies;
mod room;
mod serializers;
mod shutdown;
mod site;
mod slow;
