"""phxsocket, which speaks V1, against the quay. Its port is the argument."""

import queue
import sys

import phxsocket
from phxsocket.channel import ChannelConnectError

PATIENCE = 20
url = f"ws://127.0.0.1:{sys.argv[1]}/socket/websocket"


class Room:
    def __init__(self, client, topic, params):
        self.heard = queue.Queue()
        self.channel = client.channel(topic, params)
        self.channel.on_message = lambda _, event, payload: self.heard.put((event, payload))
        self.channel.on_close = lambda: self.heard.put(("closed", None))
        self.answer = self.channel.join()

    def ask(self, event, payload):
        sent = self.channel.push(event, payload, reply=True)
        assert sent.event.wait(PATIENCE), f"no reply to {event}"
        return sent.message

    def expect(self, event, payload=None):
        heard = self.heard.get(timeout=PATIENCE)
        assert heard == (event, payload), heard

    def leave(self):
        """`Channel.leave` of phxsocket 0.1.5 calls a method that its messages do not have."""
        sent = self.channel.push("phx_leave", {}, reply=True)
        assert sent.event.wait(PATIENCE), "no reply to the leave"
        assert sent.message["status"] == "ok", sent.message


def connect():
    client = phxsocket.Client(url)
    client.heartbeat_interval = 0.05
    assert client.connect()
    return client


ann_client, bob_client = connect(), connect()
ann = Room(ann_client, "room:quay", {"hello": "Ann"})
assert ann.answer == {"room": "quay", "wish": {"hello": "Ann"}}, ann.answer
bob = Room(bob_client, "room:quay", {})

assert ann.ask("echo", {"text": "žluťoučký kůň 🐎"}) == {"status": "ok", "response": {"text": "žluťoučký kůň 🐎"}}
assert ann.ask("refuse", {"a": 1}) == {"status": "error", "response": {"a": 1}}
assert ann.ask("nonsense", {})["response"] == {"reason": "unknown event"}

ann.channel.push("push", {"n": 1})
ann.expect("pushed", {"n": 1})
assert ann.ask("shout", {"n": 2})["status"] == "ok"
assert ann.ask("tell", {"n": 3})["status"] == "ok"
assert ann.ask("whisper", {"n": 4})["status"] == "ok"
ann.expect("shouted", {"n": 2})
ann.expect("secret", {"n": 4})
for event, n in [("shouted", 2), ("told", 3), ("secret", 4)]:
    bob.expect(event, {"n": n})

for number in range(200):
    assert ann.ask("echo", {"n": number})["response"] == {"n": number}

try:
    Room(ann_client, "room:closed", {})
    raise AssertionError("room:closed took somebody in")
except ChannelConnectError as error:
    assert error.args[0] == {"reason": "unauthorized"}, error

watched = Room(bob_client, "room:watched", {"name": "bob"})
event, state = watched.heard.get(timeout=PATIENCE)
while event != "presence_state":
    event, state = watched.heard.get(timeout=PATIENCE)
assert state["bob"]["metas"][0]["away"] is False, state

bob.channel.push("panic", {})
bob.expect("phx_error", {"reason": "channel_crash"})
assert bob.channel.join()["room"] == "quay"
bob.channel.push("stop", {})
bob.expect("closed")
ann.leave()
ann.expect("closed")
assert ann.ask("echo", {})["response"] == {"reason": "unmatched topic"}

ann_client.close()
bob_client.close()
print("all well")
