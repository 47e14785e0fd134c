// Chromium's own WebSocket against the site of tests/tests/clients. Its port is the argument.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./chromium.mjs";

const port = process.argv[2];
const options = { timeout: 60_000 };
const url = (mount) => `ws://127.0.0.1:${port}${mount}/websocket`;

let browser;
let page;

before(async () => {
  browser = await launch();
  page = await browser.newPage();
  // The site has no pages; but one that is missing comes from its address, too.
  await page.goto(`http://127.0.0.1:${port}/`);
}, options);

after(() => browser?.close(), options);

// Sends messages to a mount, and gives back what it said in return and how the connection ended.
function talk(mount, messages, expected = messages.length) {
  return page.evaluate(
    ([url, messages, expected]) =>
      new Promise((tell) => {
        const socket = new WebSocket(url);
        socket.binaryType = "arraybuffer";
        const heard = [];
        let extensions = "";
        socket.onopen = () => {
          extensions = socket.extensions;
          for (const message of messages) socket.send(Array.isArray(message) ? new Uint8Array(message) : message);
        };
        socket.onmessage = ({ data }) => {
          heard.push(typeof data === "string" ? data : [...new Uint8Array(data)]);
          if (heard.length === expected) socket.close(3000);
        };
        socket.onclose = ({ code, reason, wasClean }) => tell({ heard, code, reason, wasClean, extensions });
      }),
    [url(mount), messages, expected],
  );
}

test("text and bytes of every size, compressed, in order", options, async () => {
  const prose = "žluťoučký kůň 🐎, whose praise compresses well; ";
  const sizes = [1, 125, 126, 127, 5000, 65_535, 65_536, 1_000_000];
  const texts = sizes.map((size) => prose.repeat(size / prose.length + 1).slice(0, size).toWellFormed());
  const bytes = [0, 1, 126, 65_536].map((size) => Array.from({ length: size }, (_, at) => (at * at) % 251));
  const numbers = Array.from({ length: 200 }, (_, count) => `${count}: ${prose}`);
  const messages = ["", ...texts, ...bytes, ...numbers];
  const { heard, extensions, ...end } = await talk("/own", messages);
  assert.match(extensions, /^permessage-deflate/);
  assert.deepEqual(heard, messages);
  assert.deepEqual(end, { code: 3000, reason: "", wasClean: true });
});

test("how a connection ends", options, async () => {
  for (const [word, code, reason] of [["stop", 1000, ""], ["panic", 1011, ""], ["close 4001", 4001, "as asked"]]) {
    const end = await talk("/own", [word]);
    assert.deepEqual([end.code, end.reason, end.wasClean], [code, reason, true]);
  }
});

test("a mount that knows other addresses only", options, async () => {
  const { code, heard } = await talk("/echo", ["anybody there?"]);
  assert.deepEqual([code, heard], [1006, []]);
});
