//! Channels, over WebSocket and longpoll, without a network and mostly with a paused clock.

mod bounds;
mod broadcasts;
mod by_hand;
mod calls;
mod client;
mod endings;
mod joined;
mod joining;
mod mailbox;
mod model;
mod presence;
mod presence_events;
mod replies;
mod room;
mod serializers;
mod shutdown;
mod site;
mod slow;
