// Phoenix's client as it was published with each version of Phoenix, unmodified, in Chromium. The argument is the program that
// it talks to.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { Example } from "./example.mjs";
import { ask, hears, joined, launch, open as openPage, present, tell, transport, until } from "./page.mjs";

const [program] = process.argv.slice(2);
const options = { timeout: 90_000 };
const require = createRequire(import.meta.url);

// Each with what it can do more than those before.
const clients = [
  ["phoenix-1.5", { bytes: ["WebSocket"] }],
  ["phoenix-1.6", { bytes: ["WebSocket"], aside: true }],
  ["phoenix-1.7", { bytes: ["WebSocket", "LongPoll"], aside: true, fallback: true }],
  ["phoenix", { bytes: ["WebSocket", "LongPoll"], aside: true, fallback: true, token: true }],
];
const transports = { WebSocket: {}, LongPoll: { longpoll: true } };

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
const published = (client) => require(`./node_modules/${client}/package.json`).version;
const answer = (page, makes) => page.evaluate((makes) => window.answer(eval(makes)), makes);

// A page for each client by each transport, all in one room.
const openEach = (topic, which = clients) =>
  Promise.all(
    which.flatMap(([client]) =>
      Object.entries(transports).map(([kind, settings]) => open("/socket", settings, topic, `${client} ${kind}`, client)),
    ),
  );
const closeEach = (pages) => Promise.all(pages.map((page) => page.close()));

for (const [client, can] of clients) {
  for (const [kind, settings] of Object.entries(transports)) {
    test(`phoenix ${published(client)} by ${kind}`, options, async () => {
      const topic = `room:${client} by ${kind}`;
      const ann = await open("/socket", settings, topic, "ann", client);
      const bob = await open("/socket", {}, topic, "bob");
      assert.equal(await transport(ann), kind);
      await present(ann, "ann,bob");
      await present(bob, "ann,bob");

      const text = { text: "žluťoučký kůň 🐎\n\u2028\u0000" };
      assert.deepEqual(await ask(ann, "echo", text), ["ok", text]);
      assert.deepEqual(await ask(ann, "refuse", { a: 1 }), ["error", { a: 1 }]);
      assert.deepEqual(await ask(ann, "nonsense", {}), ["error", { reason: "unknown event" }]);
      await ann.evaluate(() => void window.channel.push("push", { n: 0 }));
      await hears(ann, ["pushed", { n: 0 }]);
      assert.deepEqual(await ask(ann, "shout", { n: 1 }), ["ok", {}]);
      assert.deepEqual(await ask(bob, "tell", { n: 2 }), ["ok", {}]);
      await hears(ann, ["shouted", { n: 1 }], ["told", { n: 2 }]);
      await hears(bob, ["shouted", { n: 1 }]);

      if (can.bytes.includes(kind)) {
        await ann.evaluate(() => void window.channel.push("tell", new Uint8Array([1, 2, 255]).buffer));
        await hears(bob, ["told", [1, 2, 255]]);
      }
      if (kind === "WebSocket") {
        await bob.evaluate(() => void window.channel.push("tell", new Uint8Array([7, 0]).buffer));
        await hears(ann, ["told", [7, 0]]);
      }

      for (const [topic, reason] of [["room:closed", "unauthorized"], ["nowhere", "unmatched topic"]]) {
        assert.deepEqual(await answer(ann, `window.socket.channel("${topic}").join()`), ["error", { reason }]);
      }
      assert.deepEqual(await answer(ann, "window.channel.leave()"), ["ok", {}]);
      await until(ann, () => window.channel.state === "closed");
      await present(bob, "bob");
      // The same topic again, on the same socket.
      const wish = { name: "ann" };
      const again = `(window.channel = window.socket.channel("${topic}", { name: "ann" })).join()`;
      assert.deepEqual(await answer(ann, again), ["ok", { room: topic.slice("room:".length), wish }]);
      await present(bob, "ann,bob");
      await closeEach([ann, bob]);
    });
  }

  if (can.fallback) {
    test(`phoenix ${published(client)} falls back to longpoll`, options, async () => {
      const page = await open("/polled", { longPollFallbackMs: 500 }, "room:fallback", "ann", client);
      assert.equal(await transport(page), "LongPoll");
      assert.deepEqual(await ask(page, "echo", { n: 1 }), ["ok", { n: 1 }]);
      await page.close();
    });
  }

  if (can.token) {
    test(`phoenix ${published(client)} shows its token`, options, async () => {
      for (const [kind, settings] of Object.entries(transports)) {
        const authToken = `pass-${kind}.a_b-c=/+~?`;
        const page = await open("/members", { ...settings, authToken }, "card", "ann", client);
        assert.deepEqual(await page.evaluate(() => window.answer(window.channel.joinPush)), ["ok", { token: authToken }]);
        await page.close();
      }
    });
  }
}

test("all versions in one room, after the server was away", options, async () => {
  const pages = await openEach("room:all");
  await quay.stop();
  await Promise.all(pages.map((page) => until(page, () => window.channel.state === "errored")));
  await quay.start();
  await Promise.all(pages.map(joined));
  for (const [n, page] of pages.entries()) assert.deepEqual(await ask(page, "shout", { n }), ["ok", {}]);
  const all = pages.map((_, n) => ["shouted", { n }]);
  await Promise.all(pages.map((page) => hears(page, ...all)));
  await closeEach(pages);
});

test("pages that are put aside and restored", options, async () => {
  const pages = await openEach("room:aside", clients.filter(([_, can]) => can.aside));
  await Promise.all(pages.map((page) => tell(page, "pagehide")));
  // Before that, 1.6 and 1.7 take the connection that they have just closed for one that stands.
  await Promise.all(pages.map((page) => until(page, () => !window.socket.conn)));
  await Promise.all(pages.map((page) => tell(page, "pageshow")));
  await Promise.all(pages.map(joined));
  for (const [n, page] of pages.entries()) assert.deepEqual(await ask(page, "shout", { n }), ["ok", {}]);
  const all = pages.map((_, n) => ["shouted", { n }]);
  await Promise.all(pages.map((page) => hears(page, ...all)));
  await closeEach(pages);
});
