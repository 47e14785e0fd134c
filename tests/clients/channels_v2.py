"""phoenix-channels-python-client, in both of its versions of the protocol, against the quay. Its port is the argument."""

import asyncio
import sys

from phoenix_channels_python_client import PHXChannelsClient, PhoenixChannelsProtocolVersion, ReconnectPolicy
from phoenix_channels_python_client.exceptions import PHXTopicError
from phoenix_channels_python_client.utils import make_message

PATIENCE = 20
url = f"ws://127.0.0.1:{sys.argv[1]}/socket/websocket"


class Visitor:
    def __init__(self, version):
        self.beats = 0
        self.refs = 0
        self.heard = asyncio.Queue()
        policy = ReconnectPolicy(base_delay_s=0.05)
        self.client = PHXChannelsClient(
            url,
            "key",
            protocol_version=version,
            reconnect_policy=policy,
            heartbeat_interval_s=0.05,
            on_heartbeat_ack=self.beat,
        )

    def beat(self):
        self.beats += 1

    async def join(self, topic):
        async def hear(message):
            await self.heard.put((str(message.event), message.payload))

        await self.client.subscribe_to_topic(topic, hear)

    async def say(self, topic, event, payload):
        """The client has no function for this: its protocol handler has."""
        self.refs += 1
        join_ref = self.client.get_current_subscriptions()[topic].join_ref
        message = make_message(topic=topic, event=event, payload=payload, ref=f"r{self.refs}", join_ref=join_ref)
        await self.client.get_protocol_handler().send_message(self.client.connection, message)

    async def hear(self):
        return await asyncio.wait_for(self.heard.get(), PATIENCE)

    async def ask(self, topic, event, payload):
        await self.say(topic, event, payload)
        event, payload = await self.hear()
        assert event == "phx_reply", (event, payload)
        return payload


async def until(what, condition):
    for _ in range(PATIENCE * 100):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"waited in vain until {what}")


async def talk(version):
    ann, bob = Visitor(version), Visitor(version)
    async with ann.client, bob.client:
        room = "room:quay"
        await ann.join(room)
        await bob.join(room)
        text = {"text": "žluťoučký kůň 🐎"}
        assert await ann.ask(room, "echo", text) == {"status": "ok", "response": text}
        assert await ann.ask(room, "refuse", text) == {"status": "error", "response": text}
        await ann.say(room, "push", {"n": 1})
        assert await ann.hear() == ("pushed", {"n": 1})
        await ann.say(room, "whisper", {"n": 2})
        assert sorted([(await ann.hear())[0] for _ in range(2)]) == ["phx_reply", "secret"]
        assert await bob.hear() == ("secret", {"n": 2})
        if version == PhoenixChannelsProtocolVersion.V1:
            # In V2 it takes a broadcast, which has no join_ref, for one of an earlier join, whoever the server is.
            await ann.say(room, "shout", {"n": 3})
            assert [await ann.hear() for _ in range(2)] == [
                ("shouted", {"n": 3}),
                ("phx_reply", {"status": "ok", "response": {}}),
            ]
            assert await bob.hear() == ("shouted", {"n": 3})
        for number in range(200):
            assert (await ann.ask(room, "echo", {"n": number}))["response"] == {"n": number}

        try:
            await ann.join("room:closed")
            raise AssertionError("room:closed took somebody in")
        except PHXTopicError as error:
            assert "unauthorized" in str(error), error

        # A channel that crashes is joined again.
        before = bob.client.get_current_subscriptions()[room].join_ref
        await bob.say(room, "panic", {})
        await until(
            "bob has joined again",
            lambda: bob.client.is_topic_joined(room) and bob.client.get_current_subscriptions()[room].join_ref != before,
        )
        assert (await bob.ask(room, "echo", {}))["status"] == "ok"

        await ann.client.unsubscribe_from_topic(room)
        await bob.say(room, "whisper", {"n": 5})
        assert sorted([(await bob.hear())[0] for _ in range(2)]) == ["phx_reply", "secret"]
        assert ann.heard.empty()
        await until("heartbeats are answered", lambda: ann.beats > 2)


for version in PhoenixChannelsProtocolVersion:
    asyncio.run(talk(version))
print("all well")
