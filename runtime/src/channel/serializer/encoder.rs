//! Broadcasts, encoded once for all clients of a serializer.

use std::any::{Any, TypeId};

use super::Serializer;
use crate::{
    escape::shown,
    message::Message,
    pubsub::{Broadcast, Encoder, NoForm},
};

impl Encoder for &'static dyn Serializer {
    fn encode(&self, broadcast: &Broadcast) -> Result<Option<Message>, NoForm> {
        let message = Serializer::encode(*self, &broadcast.into());
        message.map(Some).map_err(|error| {
            let (topic, event) = (shown(broadcast.topic()), shown(broadcast.event()));
            tracing::error!(
                %topic,
                %event,
                serializer = self.name(),
                "a broadcast reaches no client of this serializer: {error}"
            );
            NoForm
        })
    }

    fn key(&self) -> TypeId {
        (*self as &dyn Any).type_id()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        channel::{ClientMessage, EncodeError, ServerMessage, Undecodable, V1, V2},
        pubsub::Payload,
    };

    /// Too long for a binary frame.
    const LONG: &str = match str::from_utf8(&[b'x'; 256]) {
        Ok(text) => text,
        Err(_) => "",
    };

    static V1_ENCODER: &dyn Serializer = &V1;
    static V2_ENCODER: &dyn Serializer = &V2;

    fn encode(encoder: &dyn Encoder, payload: impl Into<Payload>) -> Option<Message> {
        encoder
            .encode(&Broadcast::new("room:1", "news", payload.into()))
            .ok()
            .flatten()
    }

    #[test]
    fn a_broadcast_has_the_form_of_the_serializer() {
        let text = r#"{"event":"news","payload":{"a":1},"ref":null,"topic":"room:1"}"#;
        assert_eq!(
            encode(&V1_ENCODER, json!({"a": 1})),
            Some(Message::from(text))
        );
        let text = r#"[null,null,"room:1","news",{"a":1}]"#;
        assert_eq!(
            encode(&V2_ENCODER, json!({"a": 1})),
            Some(Message::from(text))
        );
        let bytes = b"\x02\x06\x04room:1news\x01".to_vec();
        assert_eq!(encode(&V2_ENCODER, vec![1]), Some(Message::from(bytes)));
    }

    #[test]
    fn what_cannot_be_encoded_reaches_nobody() {
        assert_eq!(encode(&V1_ENCODER, vec![1]), None);
        assert_eq!(encode(&V2_ENCODER, json!([1])), None);
        assert_eq!(encode(&V2_ENCODER, "text"), None);
    }

    #[test]
    fn a_check_says_what_encoding_would() {
        let payloads = [
            json!({"a": 1}).into(),
            json!([1]).into(),
            "text".into(),
            Payload::from(vec![1]),
        ];
        for (payload, topic) in payloads
            .iter()
            .flat_map(|payload| [(payload, "t"), (payload, LONG)])
        {
            let broadcast = ServerMessage::Broadcast {
                topic,
                event: "e",
                payload,
            };
            for serializer in [V1_ENCODER, V2_ENCODER] {
                let encoded = Serializer::encode(serializer, &broadcast).map(drop);
                assert_eq!(
                    serializer.check(&broadcast),
                    encoded,
                    "{} {broadcast:?}",
                    serializer.name()
                );
            }
        }
    }

    #[test]
    fn serializers_of_one_type_share_what_is_encoded() {
        struct Own(#[expect(dead_code, reason = "so that its values differ")] u8);

        impl Serializer for Own {
            fn decode(&self, _: Message) -> Result<ClientMessage, Undecodable> {
                Err(Undecodable::new("none"))
            }

            fn encode(&self, _: &ServerMessage<'_>) -> Result<Message, EncodeError> {
                Ok(Message::from("own"))
            }
        }

        static OWN: &dyn Serializer = &Own(1);
        static OWN_TOO: &dyn Serializer = &Own(2);
        let key = |encoder: &dyn Encoder| encoder.key();
        assert_eq!(key(&OWN), key(&OWN_TOO));
        assert_eq!(key(&V2_ENCODER), TypeId::of::<V2>());
        assert!(key(&V1_ENCODER) != key(&V2_ENCODER) && key(&V2_ENCODER) != key(&OWN));
        assert!(OWN.name().ends_with("Own"), "{}", OWN.name());
    }
}
