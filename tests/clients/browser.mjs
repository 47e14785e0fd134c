// The examples in Chromium. Arguments: the programs of the chat and of the custom transport, and where the chat's
// picture goes.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { Example } from "./example.mjs";
import { Proxy } from "./proxy.mjs";

const [program, customTransport, picture] = process.argv.slice(2);
const patience = 20_000;
const options = { timeout: 90_000 };

let browser;
let chat;

before(async () => {
  chat = await Example.start(program);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}, options);

after(async () => {
  await browser?.close();
  await chat?.stop();
}, options);

test("two windows talk, also after the server was away", options, async () => {
  const room = chat.page("/?room=quay");
  const ada = await open(`${room}&name=Ada`);
  const grace = await open(`${room}&name=Grace`);
  await connected(ada, grace);
  await says(ada, "Ahoy! Is anybody there?", grace);
  await says(grace, "Aye. <b>All</b> is well & dry 🐚", ada);

  const elsewhere = await open(chat.page("/?room=another&name=Alan"));
  await connected(elsewhere);
  await says(elsewhere, "Hello, empty room", elsewhere);
  assert.equal(await ada.getByText("Hello, empty room").count(), 0);
  await elsewhere.close();

  await chat.stop();
  for (const page of [ada, grace]) await state(page, "false");
  await chat.start();
  await connected(ada, grace);
  await says(ada, "Back again", grace);
  await says(grace, "So am I", ada);
  await ada.screenshot({ path: picture });
});

test("a window without WebSocket talks with one that has it, also after the server was away", options, async () => {
  const room = chat.page("/?room=pier");
  const ada = await open(`${room}&name=Ada`);
  const grace = await open(`${room}&name=Grace&transport=longpoll`);
  const sockets = websockets(grace);
  await connected(ada, grace);
  await by(ada, "websocket");
  await by(grace, "longpoll");
  await says(ada, "Ahoy! Is anybody there?", grace);
  await says(grace, "Aye. <b>All</b> is well & dry 🐚", ada);
  for (let count = 0; count < 5; count++) await says(grace, `Number ${count}, in order`, ada);
  for (const page of [ada, grace]) {
    const heard = await page.locator("#log").getByText(/Number \d, in order/).allTextContents();
    assert.deepEqual(heard, [0, 1, 2, 3, 4].map((count) => `Grace: Number ${count}, in order`));
  }

  await chat.stop();
  for (const page of [ada, grace]) await state(page, "false");
  await chat.start();
  await connected(ada, grace);
  await says(ada, "Back again", grace);
  await says(grace, "So am I", ada);
  await by(grace, "longpoll");
  assert.equal(sockets.length, 0);

  // The option is there for people too.
  await grace.getByLabel("Without WebSocket").uncheck();
  await by(grace, "websocket");
  await says(grace, "Over WebSocket", ada);
  assert.equal(sockets.length, 1);
  for (const page of [ada, grace]) await page.close();
});

test("behind a proxy that lets no WebSocket through, the chat works", options, async () => {
  const proxy = await Proxy.start(chat.port);
  const ada = await open(chat.page("/?room=dock&name=Ada"));
  const told = await open(proxy.page("/?room=dock&name=Grace&transport=longpoll"));
  await connected(ada, told);
  await says(told, "I was told to do without", ada);
  assert.equal(proxy.refused, 0);

  // Who was not told finds out.
  const alan = await open(proxy.page("/?room=dock&name=Alan"));
  await by(alan, "longpoll");
  assert.equal(proxy.refused, 1);
  assert(await alan.getByLabel("Without WebSocket").isChecked());
  await says(alan, "I found out by myself", told);
  await says(told, "So we both hear you", alan);
  await says(ada, "And so do I", alan);

  await chat.stop();
  for (const page of [ada, told, alan]) await state(page, "false");
  await chat.start();
  await connected(ada, told, alan);
  await says(alan, "Back again", told);
  await says(ada, "Welcome back", alan);
  assert.equal(proxy.refused, 1);
  for (const page of [ada, told, alan]) await page.close();
  proxy.stop();
});

test("messages are compressed where the browser offers it", options, async () => {
  const page = await browser.newPage();
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const answered = new Promise((tell) => network.once("Network.webSocketHandshakeResponseReceived", tell));
  await page.goto(chat.page("/"));
  const { response } = await answered;
  assert.equal(response.status, 101);
  const headers = new Map(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]));
  assert.match(headers.get("sec-websocket-extensions") ?? "", /^permessage-deflate/);
  await connected(page);
  await page.close();
});

test("pages of other addresses are refused", options, async () => {
  const stranger = createServer((_, response) => response.end("<!doctype html><title>Elsewhere</title>"));
  stranger.listen(0, "127.0.0.1");
  await once(stranger, "listening");
  const addresses = [
    `http://127.0.0.1:${stranger.address().port}/`, // another port
    chat.page("/", "localhost"), // another name
  ];
  for (const address of addresses) {
    const page = await browser.newPage();
    const network = await page.context().newCDPSession(page);
    await network.send("Network.enable");
    await page.goto(address);
    const failed = new Promise((tell) => network.once("Network.webSocketFrameError", tell));
    const code = await page.evaluate(
      (url) => new Promise((tell) => (new WebSocket(url).onclose = (event) => tell(event.code))),
      chat.page("/rooms/quay/websocket").replace("http", "ws"),
    );
    assert.equal(code, 1006, address);
    assert.match((await failed).errorMessage, /403/, address);
    await page.close();
  }
  stranger.close();
});

test("the chat's own page may be called by any of the machine's names", options, async () => {
  const page = await open(chat.page("/?room=quay", "localhost"));
  await connected(page);
  await says(page, "From localhost", page);
  await page.close();
});

test("a transport of one's own: two windows talk, also after the server was away", options, async () => {
  const example = await Example.start(customTransport);
  const pages = [await open(example.page("/")), await open(example.page("/"))];
  const [ada, grace] = pages;
  const hears = (page, text) => page.getByRole("listitem").getByText(text).first().waitFor({ timeout: patience });
  const talk = async (speaker, text) => {
    await speaker.getByPlaceholder("Say something").fill(text);
    await speaker.getByRole("button", { name: "Send" }).click();
    for (const page of pages) await hears(page, text);
  };
  for (const page of pages) await hears(page, "welcome, visitor");
  await talk(ada, "Ahoy! Is anybody there?");
  await talk(grace, 'Aye. <b>All</b> is "well" & dry 🐚');

  await example.stop();
  for (const page of pages) await page.getByRole("list").evaluate((list) => list.replaceChildren());
  await example.start();
  for (const page of pages) await hears(page, "welcome, visitor");
  await talk(grace, "Back again");
  for (const page of pages) await page.close();
  await example.stop();
});

async function open(address) {
  const page = await browser.newPage({ viewport: { width: 900, height: 640 } });
  page.on("pageerror", (error) => assert.fail(`${address}: ${error}`));
  await page.goto(address);
  return page;
}

async function connected(...pages) {
  for (const page of pages) await state(page, "true");
}

// Connected by this transport.
async function by(page, transport) {
  await page.locator("#state").getByText(`connected by ${transport}`).waitFor({ timeout: patience });
}

// The WebSockets that a page opens from now on.
function websockets(page) {
  const opened = [];
  page.on("websocket", (socket) => opened.push(socket.url()));
  return opened;
}

async function state(page, open) {
  await page.locator(`#state[data-open="${open}"]`).waitFor({ timeout: patience });
}

async function says(speaker, text, listener) {
  await speaker.getByLabel("Message").fill(text);
  await speaker.getByRole("button", { name: "Send" }).click();
  for (const page of [speaker, listener]) {
    await page.locator("#log").getByText(text).waitFor({ timeout: patience });
  }
}
