//! Binary frames of V2: what is read is what the lengths say, and what is written can be read.

use landfall::{
    Message,
    channel::{ClientMessage, NameRef, Ref, Serializer, ServerMessage, V2},
    pubsub::Payload,
};

pub(crate) fn run(data: &[u8]) {
    let read = V2.decode(Message::from(data.to_vec()));
    let plain = plain(data);
    let message = match (read, plain) {
        (Ok(message), Some(([join_ref, reference, topic, event], payload))) => {
            assert_eq!(message.payload, Payload::from(payload.to_vec()));
            for (field, sent) in [
                (&message.join_ref, join_ref),
                (&message.reference, reference),
            ] {
                assert_eq!(field.is_null(), sent.is_empty());
                if let Ok(sent) = str::from_utf8(sent) {
                    assert_eq!(field.to_string(), sent);
                }
            }
            for (name, sent) in [(&message.topic, topic), (&message.event, event)] {
                assert_eq!(name.as_str(), str::from_utf8(sent).ok());
            }
            message
        }
        (Err(_), None) => return,
        (read, plain) => panic!("{read:?} where {plain:?}"),
    };
    reply(&message);
    push(&message);
}

/// Kind, four lengths, four fields, and the rest.
fn plain(data: &[u8]) -> Option<([&[u8]; 4], &[u8])> {
    let ([0, lengths @ ..], mut rest) = data.split_first_chunk::<5>()? else {
        return None;
    };
    let mut fields = [&[][..]; 4];
    for (field, length) in fields.iter_mut().zip(lengths) {
        (*field, rest) = rest.split_at_checked((*length).into())?;
    }
    Some((fields, rest))
}

/// A frame for a client: its fields, of which the first byte says how many there are, and its
/// payload.
fn fields(frame: &[u8]) -> (Vec<&str>, &[u8]) {
    let count = match frame[0] {
        0 => 3,
        1 => 4,
        _ => 2,
    };
    let (lengths, mut rest) = frame[1..].split_at(count);
    let mut fields = Vec::new();
    for length in lengths {
        let (field, after) = rest.split_at((*length).into());
        fields.push(str::from_utf8(field).expect("text"));
        rest = after;
    }
    (fields, rest)
}

fn reply(asked: &ClientMessage) {
    let (join_ref, reference) = (&asked.join_ref, &asked.reference);
    let reply = ServerMessage::Reply {
        join_ref,
        reference,
        topic: asked.topic.borrow(),
        status: "ok",
        payload: &asked.payload,
    };
    let (NameRef::Text(topic) | NameRef::Foreign(topic)) = asked.topic.borrow();
    let texts = [&join_ref.to_string(), &reference.to_string(), topic, "ok"];
    match V2.encode(&reply) {
        Ok(Message::Binary(frame)) => {
            assert_eq!(fields(&frame), (texts.to_vec(), bytes(&asked.payload)));
        }
        Ok(Message::Text(text)) => panic!("text for bytes: {text}"),
        // What is not UTF-8 grows when it becomes text.
        Err(_) => assert!(texts.iter().any(|text| text.len() > 255)),
    }
}

fn push(asked: &ClientMessage) {
    let (Some(topic), Some(event)) = (asked.topic.as_str(), asked.event.as_str()) else {
        return;
    };
    let (join_ref, payload) = (&asked.join_ref, &asked.payload);
    let push = ServerMessage::Push {
        join_ref,
        reference: &Ref::NULL,
        topic,
        event,
        payload,
    };
    let broadcast = ServerMessage::Broadcast {
        topic,
        event,
        payload,
    };
    let join_ref = join_ref.to_string();
    if let Ok(push) = V2.encode(&push) {
        assert_eq!(
            fields(push.as_bytes()),
            (vec![&*join_ref, topic, event], bytes(payload))
        );
    } else {
        assert!(join_ref.len() > 255);
    }
    let broadcast = V2
        .encode(&broadcast)
        .expect("both names came with one byte of length");
    assert_eq!(
        fields(broadcast.as_bytes()),
        (vec![topic, event], bytes(payload))
    );
}

fn bytes(payload: &Payload) -> &[u8] {
    match payload {
        Payload::Binary(bytes) => bytes,
        other => panic!("{other:?} in a binary frame"),
    }
}
