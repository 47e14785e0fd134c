// Phoenix's own client, unmodified, in Node. The argument is the program that it talks to.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, afterEach, before, test } from "node:test";
import { LongPoll, Presence, Socket } from "phoenix";
import WebSocket from "ws";
import { Example } from "./example.mjs";

const [program] = process.argv.slice(2);
const options = { timeout: 60_000 };
const transports = { WebSocket, LongPoll };

const sockets = [];
let quay;

before(async () => {
  quay = await Example.start(program);
}, options);

// A test that fails leaves no connection behind: the process would not end.
afterEach(() => sockets.splice(0).forEach((socket) => socket.disconnect()));
after(() => quay?.stop(), options);

function connect(transport, mount = "/socket", settings = {}) {
  const socket = new Socket(quay.page(mount).replace("http", "ws"), { transport: transports[transport], ...settings });
  sockets.push(socket);
  socket.connect();
  return socket;
}

async function within(what, promise, patience = 20_000) {
  const late = sleep(patience, undefined, { ref: false }).then(() => assert.fail(`waited too long for ${what}`));
  return Promise.race([promise, late]);
}

async function until(what, condition) {
  for (let tries = 0; !condition(); tries++) {
    assert(tries < 2000, `waited in vain until ${what}`);
    await sleep(10);
  }
}

// What a push or a join is answered.
function answer(push, what = "an answer") {
  const answered = new Promise((tell) => {
    for (const status of ["ok", "error", "timeout"]) push.receive(status, (response) => tell([status, response]));
  });
  return within(what, answered);
}

async function ask(channel, event, payload, expected) {
  assert.deepEqual(await answer(channel.push(event, payload), event), expected);
}

// A channel that has joined, and what it hears of these events.
async function join(socket, topic, params = {}, events = ["pushed", "shouted", "told", "secret"]) {
  const channel = socket.channel(topic, params);
  channel.heard = [];
  for (const event of events) channel.on(event, (payload) => channel.heard.push([event, payload]));
  assert.deepEqual(await answer(channel.join(), "the join"), ["ok", { room: topic.split(":")[1], wish: params }]);
  return channel;
}

async function hears(channel, ...expected) {
  await until(`${channel.topic} heard ${JSON.stringify(expected)}`, () => channel.heard.length >= expected.length);
  assert.deepEqual(channel.heard.splice(0), expected);
}

const bytes = (...numbers) => new Uint8Array(numbers).buffer;

for (const transport of Object.keys(transports)) {
  test(`${transport}: join, ask, leave`, options, async () => {
    const socket = connect(transport);
    const channel = await join(socket, "room:quay", { hello: ["Ann", 1] });
    const text = { text: "žluťoučký kůň 🐎\n\u2028\u0000" };
    await ask(channel, "echo", text, ["ok", text]);
    await ask(channel, "refuse", { a: 1 }, ["error", { a: 1 }]);
    await ask(channel, "nonsense", {}, ["error", { reason: "unknown event" }]);
    const asked = Array.from({ length: 300 }, (_, n) => ask(channel, "echo", { n }, ["ok", { n }]));
    await Promise.all(asked);
    channel.push("push", { n: 1 });
    await hears(channel, ["pushed", { n: 1 }]);

    const closed = socket.channel("room:closed");
    assert.deepEqual(await answer(closed.join()), ["error", { reason: "unauthorized" }]);
    closed.leave();
    const nowhere = socket.channel("nowhere");
    assert.deepEqual(await answer(nowhere.join()), ["error", { reason: "unmatched topic" }]);
    nowhere.leave();

    let ended = 0;
    channel.onClose(() => ended++);
    assert.deepEqual(await answer(channel.leave()), ["ok", {}]);
    await until("the channel is closed", () => channel.state === "closed");
    assert.equal(ended, 1);
    // The same topic again, on the same socket.
    const again = await join(socket, "room:quay");
    await ask(again, "echo", {}, ["ok", {}]);
  });

  test(`${transport}: broadcasts between two clients`, options, async () => {
    const other = transport === "WebSocket" ? "LongPoll" : "WebSocket";
    const [ann, bob] = await Promise.all([connect(transport), connect(other)].map((socket) => join(socket, "room:two")));
    await ask(ann, "shout", { n: 1 }, ["ok", {}]);
    await ask(ann, "tell", { n: 2 }, ["ok", {}]);
    await ask(bob, "tell", { n: 3 }, ["ok", {}]);
    await hears(ann, ["shouted", { n: 1 }], ["told", { n: 3 }]);
    await hears(bob, ["shouted", { n: 1 }], ["told", { n: 2 }]);
    await ask(ann, "whisper", { n: 4 }, ["ok", {}]);
    await hears(ann, ["secret", { n: 4 }]);
    await hears(bob, ["secret", { n: 4 }]);
    for (let n = 0; n < 300; n++) ann.push("shout", { n });
    const all = Array.from({ length: 300 }, (_, n) => ["shouted", { n }]);
    await hears(ann, ...all);
    await hears(bob, ...all);
  });

  test(`${transport}: presence`, options, async () => {
    const topic = `room:present by ${transport}`;
    const socket = connect(transport);
    const ann = socket.channel(topic, { name: "ann" });
    const presence = new Presence(ann);
    const [came, went] = [[], []];
    presence.onJoin((key) => came.push(key));
    presence.onLeave((key, _, left) => went.push([key, left.metas.length]));
    await answer(ann.join());
    await until("ann is there", () => "ann" in presence.state);

    const bobs = [connect("WebSocket"), connect("LongPoll")];
    const [bob, bobToo] = bobs.map((socket) => socket.channel(topic, { name: "bob" }));
    const bobKnows = new Presence(bob);
    await answer(bob.join());
    await answer(bobToo.join());
    const metas = (key) => presence.state[key]?.metas ?? [];
    await until("bob is there twice", () => metas("bob").length === 2);
    await until("bob knows", () => bobKnows.state.ann?.metas.length === 1 && bobKnows.state.bob?.metas.length === 2);

    await ask(bob, "away", {}, ["ok", {}]);
    await until("bob is away", () => metas("bob").some((meta) => meta.away && meta.phx_ref_prev));
    assert.equal(metas("bob").length, 2);
    await answer(bob.leave());
    await until("one bob is left", () => metas("bob").length === 1);
    bobToo.push("stop");
    await until("no bob is left", () => !("bob" in presence.state));
    assert.deepEqual([...new Set(came)], ["ann", "bob"]);
    assert.deepEqual(went.at(-1), ["bob", 1]);
  });

  test(`${transport}: a channel that crashed is joined again, one that stopped is not`, options, async () => {
    const socket = connect(transport);
    const steady = await join(socket, "room:steady");
    const channel = await join(socket, "room:shaky");
    const errors = [];
    channel.onError((reason) => errors.push(reason));
    const before = channel.joinRef();
    channel.push("panic");
    await until("the channel has failed", () => errors.length === 1);
    assert.deepEqual(errors, [{ reason: "channel_crash" }]);
    await until("it has joined again", () => channel.state === "joined");
    assert.notEqual(channel.joinRef(), before);
    await ask(channel, "echo", {}, ["ok", {}]);
    assert.equal(steady.state, "joined");
    await ask(steady, "echo", {}, ["ok", {}]);

    channel.push("stop");
    await until("the channel is closed", () => channel.state === "closed");
    assert.equal(socket.channels.length, 1);
  });

  test(`${transport}: a token, which is asked for with each connection`, options, async () => {
    const tokens = ["pass-1.a_b-c=", "pass-2/+~?"];
    let asked = 0;
    const authToken = () => tokens[Math.min(asked++, 1)];
    const socket = connect(transport, "/members", { authToken, reconnectAfterMs: () => 50 });
    const card = socket.channel("card");
    assert.deepEqual(await answer(card.join()), ["ok", { token: tokens[0] }]);
    assert(!socket.endPointURL().includes("pass"));
    const told = [];
    card.joinPush.receive("ok", ({ token }) => told.push(token));
    await quay.stop();
    await quay.start();
    await until("it has come with the next one", () => told.at(-1) === tokens[1]);

    const fixed = connect(transport, "/members", { authToken: "pass-3" });
    assert.deepEqual(await answer(fixed.channel("card").join()), ["ok", { token: "pass-3" }]);
    for (const settings of [{ authToken: "none" }, {}]) {
      const refused = connect(transport, "/members", settings);
      await within("a refusal", new Promise((tell) => refused.onError(tell)));
      assert.equal(refused.isConnected(), false);
      refused.disconnect();
    }
  });

  test(`${transport}: after the server was away`, options, async () => {
    const socket = connect(transport);
    const topic = `room:again by ${transport}`;
    const channel = socket.channel(topic, { name: "ann" });
    const presence = new Presence(channel);
    channel.heard = [];
    channel.on("shouted", (payload) => channel.heard.push(["shouted", payload]));
    await answer(channel.join());
    await until("ann is there", () => presence.state.ann?.metas.length === 1);
    const ref = presence.state.ann.metas[0].phx_ref;
    await quay.stop();
    await until("the client has noticed", () => channel.state === "errored");
    const late = answer(channel.push("echo", { late: true }), "what was asked meanwhile");
    await quay.start();
    await until("the channel has joined again", () => channel.state === "joined");
    assert.deepEqual(await late, ["ok", { late: true }]);
    await ask(channel, "shout", { n: 1 }, ["ok", {}]);
    await hears(channel, ["shouted", { n: 1 }]);
    await until("ann is there as she is now", () => presence.state.ann?.metas[0].phx_ref !== ref);
    assert.equal(presence.state.ann.metas.length, 1);
  });
}

test("bytes both ways", options, async () => {
  const [ann, bob] = await Promise.all([connect("WebSocket"), connect("WebSocket")].map((socket) => join(socket, "room:bytes")));
  await ask(ann, "echo", bytes(0, 1, 255), ["ok", bytes(0, 1, 255)]);
  await ask(ann, "echo", bytes(), ["ok", bytes()]);
  await ask(ann, "refuse", bytes(7), ["error", bytes(7)]);
  ann.push("push", bytes(1, 2));
  await hears(ann, ["pushed", bytes(1, 2)]);
  await ask(ann, "tell", bytes(3, 4), ["ok", {}]);
  await hears(bob, ["told", bytes(3, 4)]);
});

test("bytes by longpoll are told to those who can hear them", options, async () => {
  const [ann, bob] = await Promise.all([connect("LongPoll"), connect("WebSocket")].map((socket) => join(socket, "room:bytes too")));
  await ask(ann, "tell", bytes(3, 4), ["ok", {}]);
  await hears(bob, ["told", bytes(3, 4)]);
  await ask(ann, "echo", bytes(1), ["error", { reason: "internal error" }]);
});

test("heartbeats are answered", options, async () => {
  const socket = connect("WebSocket", "/socket", { heartbeatIntervalMs: 50 });
  const channel = await join(socket, "room:alive");
  let beats = 0;
  socket.onMessage(({ topic, event, payload }) => {
    if (topic === "phoenix" && event === "phx_reply" && payload.status === "ok") beats++;
  });
  await until("the heart has beaten", () => beats >= 5);
  assert.equal(channel.state, "joined");
});

test("falls back to longpoll where WebSocket is refused", options, async () => {
  const settings = { longPollFallbackMs: 500, sessionStorage: storage() };
  const socket = connect("WebSocket", "/polled", settings);
  const channel = await join(socket, "room:fallback");
  assert.equal(socket.transport, LongPoll);
  await ask(channel, "echo", { n: 1 }, ["ok", { n: 1 }]);

  // Where it is not, it stays.
  const straight = connect("WebSocket", "/socket", { longPollFallbackMs: 5000, sessionStorage: storage() });
  const stays = await join(straight, "room:fallback");
  assert.equal(straight.transport, WebSocket);
  await ask(stays, "echo", { n: 2 }, ["ok", { n: 2 }]);
});

test("a longpoll session whose message is not handled in time is opened again", options, async () => {
  const socket = connect("LongPoll", "/slow", { reconnectAfterMs: () => 50 });
  const [closes, heard] = [[], []];
  let opened = 0;
  socket.onOpen(() => opened++);
  socket.onClose(({ code }) => closes.push(code));
  socket.onMessage(({ payload }) => heard.push(payload));
  const says = (n) => socket.conn.send(JSON.stringify([null, null, "raw", "echo", { n }]));
  await until("it is open", () => opened === 1);
  says(1);
  await until("it is echoed", () => heard.length === 1);
  socket.conn.send(JSON.stringify([null, null, "raw", "hang", {}]));
  // The server says 408 within the answer; the client closes, and opens another session.
  await until("it is open again", () => opened === 2);
  assert.deepEqual(closes, [1011]);
  says(2);
  await until("it is echoed", () => heard.length === 2);
  assert.deepEqual(heard, [{ n: 1 }, { n: 2 }]);
});

function storage() {
  const map = new Map();
  return { getItem: (key) => map.get(key) ?? null, setItem: (key, value) => map.set(key, String(value)) };
}

test("V1, as older clients speak it", options, async () => {
  const encode = ({ topic, event, payload, ref }, done) => done(JSON.stringify({ topic, event, payload, ref }));
  const decode = (raw, done) => done({ join_ref: null, ...JSON.parse(raw) });
  const socket = connect("WebSocket", "/socket", { vsn: "1.0.0", encode, decode });
  const channel = await join(socket, "room:old");
  await ask(channel, "echo", { n: 1 }, ["ok", { n: 1 }]);
  channel.push("shout", { n: 2 });
  await hears(channel, ["shouted", { n: 2 }]);
  assert.deepEqual(await answer(channel.leave()), ["ok", {}]);
});

test("many channels over one connection", options, async () => {
  const socket = connect("WebSocket");
  const topics = Array.from({ length: 100 }, (_, n) => `room:${n}`);
  const channels = await Promise.all(topics.map((topic) => join(socket, topic)));
  const tooMany = socket.channel("room:one too many");
  assert.deepEqual(await answer(tooMany.join()), ["error", { reason: "too many channels joined" }]);
  tooMany.leave();
  await Promise.all(channels.map((channel, n) => ask(channel, "shout", { n }, ["ok", {}])));
  for (const [n, channel] of channels.entries()) await hears(channel, ["shouted", { n }]);
});
