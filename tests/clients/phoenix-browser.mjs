// Phoenix's own client, unmodified, in Chromium. The argument is the program that it talks to.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Example } from "./example.mjs";
import { ask, hears, joined, launch, open as openPage, present, show, tell, transport, until } from "./page.mjs";

const [program] = process.argv.slice(2);
const options = { timeout: 90_000 };

let browser;
let quay;

before(async () => {
  quay = await Example.start(program);
  browser = await launch();
}, options);

after(async () => {
  await browser?.close();
  await quay?.stop();
}, options);

const open = (...what) => openPage(browser, quay, ...what);

for (const [kind, mount, settings, expected] of [
  ["WebSocket", "/socket", {}, "WebSocket"],
  ["longpoll", "/socket", { longpoll: true }, "LongPoll"],
  ["the fallback to longpoll", "/polled", { longPollFallbackMs: 1000 }, "LongPoll"],
]) {
  test(`by ${kind}`, options, async () => {
    const topic = `room:${kind}`;
    const ann = await open(mount, settings, topic, "ann");
    const bob = await open("/socket", {}, topic, "bob");
    assert.equal(await transport(ann), expected);
    await present(ann, "ann,bob");
    await present(bob, "ann,bob");
    assert.deepEqual(await ask(ann, "echo", { text: "🐎" }), ["ok", { text: "🐎" }]);
    assert.deepEqual(await ask(ann, "shout", { n: 1 }), ["ok", {}]);
    assert.deepEqual(await ask(bob, "tell", { n: 2 }), ["ok", {}]);
    await hears(ann, ["shouted", { n: 1 }], ["told", { n: 2 }]);
    await hears(bob, ["shouted", { n: 1 }]);
    await ann.evaluate(() => window.ask("tell", new Uint8Array([1, 2, 255]).buffer));
    await hears(bob, ["told", [1, 2, 255]]);

    await quay.stop();
    for (const page of [ann, bob]) await until(page, () => window.channel.state === "errored");
    await quay.start();
    for (const page of [ann, bob]) await joined(page);
    await present(ann, "ann,bob");
    assert.deepEqual(await ask(bob, "shout", { n: 3 }), ["ok", {}]);
    await hears(ann, ["shouted", { n: 3 }]);

    await bob.close();
    await present(ann, "ann");
    await ann.evaluate(() => window.channel.leave());
    await until(ann, () => window.channel.state === "closed");
    await ann.close();
  });
}

for (const [kind, settings] of [
  ["WebSocket", {}],
  ["longpoll", { longpoll: true }],
]) {
  test(`a page that is put aside and restored, by ${kind}`, options, async () => {
    const topic = `room:aside by ${kind}`;
    const ann = await open("/socket", settings, topic, "ann");
    const bob = await open("/socket", {}, topic, "bob");
    await present(bob, "ann,bob");
    await tell(ann, "pagehide");
    await until(ann, () => !window.socket.isConnected());
    // The server knows at once, not when the client is silent for too long.
    await until(bob, () => !("ann" in window.presence.state));
    assert.deepEqual(await ask(bob, "shout", { n: 1 }), ["ok", {}]);
    await tell(ann, "pageshow");
    await joined(ann);
    await present(bob, "ann,bob");
    assert.deepEqual(await ask(bob, "shout", { n: 2 }), ["ok", {}]);
    await hears(ann, ["shouted", { n: 2 }]);
    for (const page of [ann, bob]) await page.close();
  });

  test(`a hidden page waits until it is seen, by ${kind}`, options, async () => {
    const ann = await open("/socket", settings, `room:hidden by ${kind}`, "ann");
    await show(ann, "hidden");
    await quay.stop();
    await until(ann, () => !window.socket.isConnected());
    await quay.start();
    // It would have tried several times by now.
    await new Promise((done) => setTimeout(done, 1500));
    assert.equal(await ann.evaluate(() => window.socket.isConnected()), false);
    await show(ann, "visible");
    await joined(ann);
    assert.deepEqual(await ask(ann, "echo", { n: 3 }), ["ok", { n: 3 }]);
    await ann.close();
  });
}
