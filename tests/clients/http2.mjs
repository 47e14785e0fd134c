// Phoenix's own client, unmodified, in Chromium, over TLS and HTTP/2. The argument is the port of a quay.
// Which protocol the sockets came by is in the quay's log.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./chromium.mjs";

const origin = `https://localhost:${process.argv[2]}`;
const options = { timeout: 60_000 };
const client = join(dirname(createRequire(import.meta.url).resolve("phoenix")), "phoenix.js");

let browser;

before(async () => {
  // The quay's certificate is its own.
  browser = await launch("--ignore-certificate-errors");
}, options);

after(() => browser?.close(), options);

// A page with a client in a room. `heard` is what it hears there.
async function open(transport, topic) {
  const page = await browser.newPage();
  page.on("pageerror", (error) => assert.fail(String(error)));
  await page.goto(`${origin}/`);
  await page.addScriptTag({ path: client });
  await page.evaluate(
    ([transport, topic]) => {
      const { LongPoll, Socket } = window.Phoenix;
      window.heard = [];
      window.socket = new Socket("/socket", { transport: { LongPoll, WebSocket }[transport] });
      window.socket.connect();
      window.channel = window.socket.channel(topic);
      window.channel.on("told", ({ n }) => window.heard.push(n));
      window.ask = (event, payload) =>
        new Promise((tell) => {
          const push = window.channel.push(event, payload);
          for (const status of ["ok", "error", "timeout"]) push.receive(status, (response) => tell([status, response]));
        });
      window.channel.join();
    },
    [transport, topic],
  );
  await page.waitForFunction(() => window.channel.state === "joined", null, { timeout: 20_000 });
  return page;
}

const ask = (page, event, payload) => page.evaluate(([event, payload]) => window.ask(event, payload), [event, payload]);

// The protocols by which the page and what it fetched have come.
const protocols = (page) =>
  page.evaluate(() => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    return [...new Set(entries.map((entry) => entry.nextHopProtocol))];
  });

for (const transport of ["WebSocket", "LongPoll"]) {
  test(`${transport} over HTTP/2`, options, async () => {
    const topic = `room:${transport}`;
    const [ann, bob] = await Promise.all([open(transport, topic), open(transport, topic)]);
    const large = "🐎".repeat(50_000);
    assert.deepEqual(await ask(ann, "echo", { large }), ["ok", { large }]);
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    for (const n of numbers) assert.deepEqual(await ask(ann, "tell", { n }), ["ok", {}]);
    await bob.waitForFunction((count) => window.heard.length >= count, numbers.length, { timeout: 20_000 });
    assert.deepEqual(await bob.evaluate(() => window.heard), numbers);
    assert.deepEqual(await protocols(ann), ["h2"]);
    for (const page of [ann, bob]) {
      await page.evaluate(() => new Promise((done) => window.socket.disconnect(done)));
      await page.close();
    }
  });
}
