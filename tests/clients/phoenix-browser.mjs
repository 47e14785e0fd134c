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
