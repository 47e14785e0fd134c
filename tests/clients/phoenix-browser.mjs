// Phoenix's own client, unmodified, in Chromium. The argument is the program that it talks to.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { Example } from "./example.mjs";

const [program] = process.argv.slice(2);
const options = { timeout: 90_000 };
const client = join(dirname(createRequire(import.meta.url).resolve("phoenix")), "phoenix.js");

let browser;
let quay;

before(async () => {
  quay = await Example.start(program);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
}, options);

after(async () => {
  await browser?.close();
  await quay?.stop();
}, options);

// A page of the quay's own address, with a socket and a channel. `heard` is what the channel hears.
async function open(mount, settings, topic, name) {
  const page = await browser.newPage();
  page.on("pageerror", (error) => assert.fail(String(error)));
  await page.goto(quay.page("/"));
  await page.addScriptTag({ path: client });
  await page.evaluate(
    ([mount, { longpoll, ...settings }, topic, name]) => {
      const { LongPoll, Presence, Socket } = window.Phoenix;
      window.heard = [];
      window.socket = new Socket(mount, longpoll ? { ...settings, transport: LongPoll } : settings);
      window.socket.connect();
      window.channel = window.socket.channel(topic, { name });
      window.presence = new Presence(window.channel);
      for (const event of ["shouted", "told", "pushed"]) {
        window.channel.on(event, (payload) => {
          window.heard.push([event, payload instanceof ArrayBuffer ? [...new Uint8Array(payload)] : payload]);
        });
      }
      window.ask = (event, payload) =>
        new Promise((tell) => {
          const push = window.channel.push(event, payload);
          for (const status of ["ok", "error", "timeout"]) push.receive(status, (response) => tell([status, response]));
        });
      window.channel.join();
    },
    [mount, settings, topic, name],
  );
  await joined(page);
  return page;
}

const joined = (page) => page.waitForFunction(() => window.channel.state === "joined", null, { timeout: 20_000 });
const present = (page, names) =>
  page.waitForFunction((names) => Object.keys(window.presence.state).sort().join() === names, names, { timeout: 20_000 });
const transport = (page) => page.evaluate(() => (window.socket.transport === window.Phoenix.LongPoll ? "LongPoll" : "WebSocket"));
const ask = (page, event, payload) => page.evaluate(([event, payload]) => window.ask(event, payload), [event, payload]);

async function hears(page, ...expected) {
  await page.waitForFunction((count) => window.heard.length >= count, expected.length, { timeout: 20_000 });
  assert.deepEqual(await page.evaluate(() => window.heard.splice(0)), expected);
}

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
    for (const page of [ann, bob]) await page.waitForFunction(() => window.channel.state === "errored");
    await quay.start();
    for (const page of [ann, bob]) await joined(page);
    await present(ann, "ann,bob");
    assert.deepEqual(await ask(bob, "shout", { n: 3 }), ["ok", {}]);
    await hears(ann, ["shouted", { n: 3 }]);

    await bob.close();
    await present(ann, "ann");
    await ann.evaluate(() => window.channel.leave());
    await ann.waitForFunction(() => window.channel.state === "closed");
    await ann.close();
  });
}

// What the browser tells a page that it puts aside, and takes out again.
const tell = (page, event) =>
  page.evaluate((event) => window.dispatchEvent(new PageTransitionEvent(event, { persisted: true })), event);
const show = (page, state) =>
  page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, state);

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
    await ann.waitForFunction(() => !window.socket.isConnected());
    // The server knows at once, not when the client is silent for too long.
    await bob.waitForFunction(() => !("ann" in window.presence.state), null, { timeout: 20_000 });
    assert.deepEqual(await ask(bob, "shout", { n: 1 }), ["ok", {}]);
    await tell(ann, "pageshow");
    await ann.waitForFunction(() => window.socket.isConnected() && window.channel.state === "joined", null, { timeout: 20_000 });
    await present(bob, "ann,bob");
    assert.deepEqual(await ask(bob, "shout", { n: 2 }), ["ok", {}]);
    await ann.waitForFunction(() => window.heard.length > 0, null, { timeout: 20_000 });
    assert.deepEqual(await ann.evaluate(() => window.heard.splice(0)), [["shouted", { n: 2 }]]);
    for (const page of [ann, bob]) await page.close();
  });

  test(`a hidden page waits until it is seen, by ${kind}`, options, async () => {
    const ann = await open("/socket", settings, `room:hidden by ${kind}`, "ann");
    await show(ann, "hidden");
    await quay.stop();
    await ann.waitForFunction(() => !window.socket.isConnected());
    await quay.start();
    // It would have tried several times by now.
    await new Promise((done) => setTimeout(done, 1500));
    assert.equal(await ann.evaluate(() => window.socket.isConnected()), false);
    await show(ann, "visible");
    await ann.waitForFunction(() => window.socket.isConnected() && window.channel.state === "joined", null, { timeout: 20_000 });
    assert.deepEqual(await ask(ann, "echo", { n: 3 }), ["ok", { n: 3 }]);
    await ann.close();
  });
}
