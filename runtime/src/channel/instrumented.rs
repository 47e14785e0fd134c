//! Joins and messages of clients as events of the endpoint's instrumenters.

use std::{fmt, sync::Arc};

use super::{Channel, Event, Join, Outlet, Ref, conversation::Conversation, socket::channel_of};
use crate::{
    instrumenter::{Mark, here},
    pubsub::{Payload, SubscriberId},
};

/// `phoenix_channel_join`: who joins what. Beside it stands the socket, which is found by its type.
pub struct ChannelJoin {
    conversation: Arc<Conversation>,
    channel: &'static str,
    params: Payload,
}

/// `phoenix_channel_receive`: a message of a client. Beside it stands the channel, which is found
/// by its type.
pub struct ChannelReceive {
    conversation: Arc<Conversation>,
    channel: &'static str,
    event: Event,
    reference: Ref,
}

/// What both know of the client.
macro_rules! whose {
    ($($name:ident),*) => {$(
        impl $name {
            /// The name of the socket's type.
            pub fn user_socket(&self) -> &'static str {
                self.conversation.client.link.socket()
            }

            /// The name of the channel's type.
            pub fn channel(&self) -> &'static str {
                self.channel
            }

            /// The topic.
            pub fn topic(&self) -> &str {
                self.conversation.topic()
            }

            /// The identity of the client's connection among subscribers.
            pub fn id(&self) -> SubscriberId {
                self.conversation.id()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // What the client sent may hold credentials.
                f.debug_struct(stringify!($name))
                    .field("user_socket", &self.user_socket())
                    .field("channel", &self.channel)
                    .field("topic", &self.topic())
                    .finish_non_exhaustive()
            }
        }
    )*};
}

whose!(ChannelJoin, ChannelReceive);

impl ChannelJoin {
    /// The parameters that the client sent.
    pub fn params(&self) -> &Payload {
        &self.params
    }
}

impl ChannelReceive {
    /// The name of the client's event.
    pub fn event(&self) -> &str {
        self.event.name()
    }

    /// The payload that the client sent.
    pub fn params(&self) -> &Payload {
        self.event.payload()
    }

    /// The `ref` of the message; null if the client expects no reply.
    pub fn message_ref(&self) -> &Ref {
        &self.reference
    }
}

/// A join begins.
pub(super) fn join<C: Channel>(join: &Join<C>) -> Mark {
    let handle = join.handle();
    if !handle.instrumenters().any() {
        return Mark::NONE;
    }
    let metadata = ChannelJoin {
        conversation: join.0.conversation.clone(),
        channel: channel_of::<C::Socket>(join.topic()),
        params: join.payload().clone(),
    };
    let socket = &**join.socket();
    handle.begin("phoenix_channel_join", here!(), &[&metadata, socket])
}

/// The channel begins to handle a message of its client.
pub(super) fn receive<C: Channel>(channel: &C, event: &Event, out: &Outlet) -> Mark {
    let handle = out.handle();
    if !handle.instrumenters().any() {
        return Mark::NONE;
    }
    let metadata = ChannelReceive {
        conversation: out.conversation().clone(),
        channel: channel_of::<C::Socket>(out.topic()),
        event: event.clone(),
        reference: out.message_ref().clone(),
    };
    handle.begin("phoenix_channel_receive", here!(), &[&metadata, channel])
}
