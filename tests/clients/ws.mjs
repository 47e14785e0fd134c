// Node's `ws` against the site of tests/tests/clients. Its port is the argument.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import WebSocket from "ws";

const port = process.argv[2];
const options = { timeout: 60_000 };
const url = (mount) => `ws://127.0.0.1:${port}${mount}/websocket`;

// A client whose messages wait until they are asked for.
async function open(mount, settings = { perMessageDeflate: false }, protocols = []) {
  const client = new WebSocket(url(mount), protocols, settings);
  const arrived = [];
  const waiting = [];
  client.on("message", (data, binary) => {
    const message = binary ? data : data.toString();
    const next = waiting.shift();
    next ? next(message) : arrived.push(message);
  });
  client.receive = () => (arrived.length ? Promise.resolve(arrived.shift()) : new Promise((got) => waiting.push(got)));
  await once(client, "open");
  return client;
}

async function end(client) {
  client.close(1000);
  await once(client, "close");
}

// The status that refuses a handshake.
async function refusal(mount, protocols = [], settings = {}) {
  const client = new WebSocket(url(mount), protocols, settings);
  const [request, response] = await once(client, "unexpected-response");
  request.destroy();
  return response.statusCode;
}

async function echo(client, message) {
  client.send(message);
  assert.deepEqual(await client.receive(), message);
}

const prose = (size) => "what is said often compresses well; ".repeat(size / 36 + 1).slice(0, size);

test("text and binary of every size", options, async () => {
  const client = await open("/echo");
  for (const size of [0, 1, 125, 126, 127, 65_535, 65_536, 3_000_000]) {
    await echo(client, prose(size));
    await echo(client, randomBytes(size));
  }
  await echo(client, "žluťoučký kůň 🐎");
  await end(client);
});

test("fragments, with a ping between them", options, async () => {
  for (const [mount, perMessageDeflate] of [["/echo", false], ["/deflate", { threshold: 0 }]]) {
    const client = await open(mount, { perMessageDeflate });
    const pong = once(client, "pong");
    client.send("one ", { fin: false });
    client.send("", { fin: false });
    client.ping("between");
    client.send("two", { fin: true });
    assert.equal((await pong)[0].toString(), "between");
    assert.equal(await client.receive(), "one two");
    await end(client);
  }
});

test("permessage-deflate, whatever is asked for", options, async (t) => {
  const offers = [
    {},
    { serverNoContextTakeover: true },
    { clientNoContextTakeover: true },
    { serverNoContextTakeover: true, clientNoContextTakeover: true },
    { serverMaxWindowBits: 9 },
    { serverMaxWindowBits: 12, clientMaxWindowBits: 10 },
    { clientMaxWindowBits: 9, clientNoContextTakeover: true },
    { clientMaxWindowBits: 15, serverMaxWindowBits: 15 },
  ];
  for (const offer of offers) {
    await t.test(JSON.stringify(offer), async () => {
      const client = await open("/deflate", { perMessageDeflate: { ...offer, threshold: 0 } });
      assert.match(client.extensions, /permessage-deflate/);
      for (const size of [0, 1, 100, 1000, 100_000, 1_000_000]) {
        await echo(client, prose(size));
        await echo(client, randomBytes(size));
      }
      for (let count = 0; count < 50; count++) await echo(client, `${count}: ${prose(300)}`);
      await end(client);
    });
  }
});

test("no window is larger than the mount's", options, async () => {
  const offers = [
    {},
    { serverMaxWindowBits: 9 },
    { serverMaxWindowBits: 12, clientMaxWindowBits: 10 },
    { clientMaxWindowBits: 9, clientNoContextTakeover: true },
    { clientMaxWindowBits: 15, serverMaxWindowBits: 15 },
  ];
  for (const offer of offers) {
    const client = await open("/narrow", { perMessageDeflate: { ...offer, threshold: 0 } });
    const { params } = client._extensions["permessage-deflate"];
    assert.equal(params.server_max_window_bits, Math.min(offer.serverMaxWindowBits ?? 15, 10));
    assert.equal(params.client_max_window_bits, Math.min(offer.clientMaxWindowBits ?? 15, 10));
    for (const size of [0, 1, 1000, 50_000]) {
      await echo(client, prose(size));
      await echo(client, randomBytes(size));
    }
    await end(client);
  }
});

test("a mount without compression declines", options, async () => {
  const client = await open("/echo", { perMessageDeflate: true });
  assert.equal(client.extensions, "");
  await echo(client, prose(5000));
  await end(client);
});

test("compression is seen on the wire", options, async () => {
  const client = await open("/deflate", { perMessageDeflate: { threshold: 0 } });
  const { bytesRead: readBefore, bytesWritten: writtenBefore } = client._socket;
  await echo(client, prose(100_000));
  const { bytesRead, bytesWritten } = client._socket;
  assert(bytesRead - readBefore < 5000, `${bytesRead - readBefore} bytes came`);
  assert(bytesWritten - writtenBefore < 5000, `${bytesWritten - writtenBefore} bytes went`);
  await end(client);
});

test("pings and pongs, both ways", options, async () => {
  const client = await open("/echo");
  for (const payload of ["", "x".repeat(125)]) {
    const pong = once(client, "pong");
    client.ping(payload);
    assert.equal((await pong)[0].toString(), payload);
  }
  const ping = once(client, "ping");
  client.send("ping me");
  assert.equal((await ping)[0].toString(), "are you there?");
  assert.equal(await client.receive(), "pong: are you there?");
  await end(client);
});

test("close codes, both ways", options, async () => {
  for (const code of [1000, 1001, 3000, 4999]) {
    const client = await open("/echo");
    client.close(code, "goodbye");
    assert.equal((await once(client, "close"))[0], code);
  }
  for (const [word, code, reason] of [["stop", 1000, ""], ["panic", 1011, ""], ["close 4001", 4001, "as asked"]]) {
    const client = await open("/echo");
    client.send(word);
    const [closed, why] = await once(client, "close");
    assert.deepEqual([closed, why.toString()], [code, reason]);
  }
});

test("subprotocols, and refusals", options, async () => {
  const client = await open("/spoken", {}, ["v1", "v2"]);
  assert.equal(client.protocol, "v2");
  await end(client);
  assert.equal(await refusal("/spoken", ["v3"]), 403);
  assert.equal(await refusal("/closed"), 403);
  assert.equal(await refusal("/elsewhere"), 404);
  assert.equal(await refusal("/echo", [], { origin: "https://example.org" }), 403);
  await end(await open("/echo", { origin: "https://example.com" }));
});

test("a hundred members of a room hear everything, in order", options, async () => {
  const members = await Promise.all(
    Array.from({ length: 100 }, (_, at) => open("/rooms/hall", { perMessageDeflate: at % 2 === 0 })),
  );
  for (const member of members) assert.equal(await member.receive(), "welcome");

  const speakers = members.slice(0, 3);
  const each = 100;
  for (let count = 0; count < each; count++) {
    speakers.forEach((speaker, who) => speaker.send(JSON.stringify({ who, count, text: prose(200) })));
  }
  for (const member of members) {
    const heard = speakers.map(() => 0);
    for (let total = 0; total < each * speakers.length; total++) {
      const { who, count, text } = JSON.parse(await member.receive());
      assert.equal(count, heard[who]++);
      assert.equal(text, prose(200));
    }
  }
  await Promise.all(members.map(end));
});
