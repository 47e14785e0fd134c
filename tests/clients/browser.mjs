// The examples in Chromium. Arguments: the programs of the chat and of the custom transport, and where the chat's
// picture goes.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { launch } from "./chromium.mjs";
import { Example } from "./example.mjs";
import { Proxy } from "./proxy.mjs";

const [program, customTransport, picture] = process.argv.slice(2);
// A session of longpoll that nobody asks for messages ends after 15 seconds.
const patience = 40_000;
const options = { timeout: 120_000 };

let browser;
let chat;

before(async () => {
  chat = await Example.start(program);
  browser = await launch();
}, options);

after(async () => {
  await browser?.close();
  await chat?.stop();
}, options);

test("the chat's client is Phoenix's, as published", async () => {
  const ours = new URL("../../examples/chat/", import.meta.url);
  const theirs = new URL("node_modules/phoenix/", import.meta.url);
  assert.deepEqual(await readFile(new URL("phoenix.js", ours)), await readFile(new URL("priv/static/phoenix.js", theirs)));
  assert.deepEqual(await readFile(new URL("phoenix.LICENSE.md", ours)), await readFile(new URL("LICENSE.md", theirs)));
  const { version } = JSON.parse(await readFile(new URL("package.json", theirs), "utf8"));
  assert.match(await readFile(new URL("index.html", ours), "utf8"), new RegExp(`\`phoenix\` ${version} of npm`));
});

test("two windows talk, also after the server was away", options, async () => {
  const room = chat.page("/?room=quay");
  const ada = await open(`${room}&name=Ada`);
  await sees(ada, "Ada");
  const grace = await open(`${room}&name=Grace`);
  await connected(ada, grace);
  for (const page of [ada, grace]) await sees(page, "Ada", "Grace");
  await hears(ada, "Grace joined");
  await says(ada, "Ahoy! Is anybody there?", grace);
  await says(grace, "Aye. <b>All</b> is well & dry 🐚", ada);

  const elsewhere = await open(chat.page("/?room=another&name=Alan"));
  await connected(elsewhere);
  await sees(elsewhere, "Alan");
  await says(elsewhere, "Hello, empty room", elsewhere);
  assert.equal(await ada.getByText("Hello, empty room").count(), 0);
  await elsewhere.close();

  await chat.stop();
  for (const page of [ada, grace]) await state(page, "false");
  await chat.start();
  for (const page of [ada, grace]) {
    await by(page, "WebSocket");
    await sees(page, "Ada", "Grace");
  }
  await says(ada, "Back again", grace);
  await says(grace, "So am I", ada);
  await ada.screenshot({ path: picture });
  await grace.close();
  await sees(ada, "Ada");
  await ada.close();
});

test("who is here, in how many windows, and who is typing", options, async () => {
  const room = chat.page("/?room=bridge");
  const ada = await open(`${room}&name=Ada`);
  const grace = await open(`${room}&name=Grace`);
  const again = await open(`${room}&name=Grace&transport=longpoll`);
  for (const page of [ada, grace, again]) await sees(page, "Ada", "Grace ×2");

  const typing = [ada, grace, again].map((page) => () => sees(page, "Ada", "Grace ×2 is typing …"));
  await types(grace, ...typing);
  // A pause ends it, and so does what is sent.
  await sees(ada, "Ada", "Grace ×2");
  await types(grace, ...typing);
  const text = await grace.getByLabel("Message").inputValue();
  await grace.getByRole("button", { name: "Send" }).click();
  await hears(ada, `Grace: ${text}`);
  await sees(ada, "Ada", "Grace ×2");

  await grace.close();
  await sees(ada, "Ada", "Grace");
  assert.equal(await ada.getByText("Grace left").count(), 0);
  await again.getByRole("button", { name: "Leave" }).click();
  await again.getByText("you have left").waitFor({ timeout: patience });
  await sees(ada, "Ada");
  await hears(ada, "Grace left");
  await sees(again);
  await again.getByRole("button", { name: "Enter" }).click();
  for (const page of [ada, again]) await sees(page, "Ada", "Grace");
  for (const page of [ada, again]) await page.close();
});

test("rooms come and go on one connection", options, async () => {
  const ada = await open(chat.page("/?room=port&name=Ada"));
  const grace = await browser.newPage();
  const sockets = websockets(grace);
  await grace.goto(chat.page("/?room=port&name=Grace"));
  await sees(ada, "Ada", "Grace");
  await grace.getByLabel("Room").fill("starboard & lee");
  await grace.getByRole("button", { name: "Enter" }).click();
  await sees(grace, "Grace");
  await sees(ada, "Ada");
  await says(ada, "Nobody else hears this", ada);
  await says(grace, "Nor this", grace);
  assert.equal(await grace.getByText("Nobody else").count(), 0);
  assert.equal(new URL(grace.url()).searchParams.get("room"), "starboard & lee");
  assert.equal(sockets.length, 1);
  for (const page of [ada, grace]) await page.close();
});

test("what is too long is refused, with a reason", options, async () => {
  const refusals = [
    ["room=quay&name=%20", "a name cannot be empty"],
    [`room=quay&name=${"é".repeat(41)}`, "a name has at most 40 characters"],
    [`room=${"é".repeat(41)}&name=Ada`, "the name of a room has at most 40 characters"],
    ["room=quay&name=constructor", "nobody can have this name"],
  ];
  for (const [query, reason] of refusals) {
    const page = await open(chat.page(`/?${query}`));
    await page.getByRole("status").getByText(`not let in: ${reason}`, { exact: true }).waitFor({ timeout: patience });
    await page.close();
  }

  const page = await open(chat.page(`/?room=bounds&name=${"é".repeat(40)}`));
  await connected(page);
  const message = page.getByLabel("Message");
  await says(page, "🐚".repeat(500), page);
  await message.evaluate((input) => input.removeAttribute("maxlength"));
  await message.fill("🐚".repeat(1001));
  await page.getByRole("button", { name: "Send" }).click();
  await hears(page, "not sent: a message has at most 1000 characters");
  await says(page, "🐚".repeat(1000), page);
  await page.close();
});

test("a window without WebSocket talks with one that has it, also after the server was away", options, async () => {
  const room = chat.page("/?room=pier");
  const ada = await open(`${room}&name=Ada`);
  const grace = await browser.newPage();
  const sockets = websockets(grace);
  await grace.goto(`${room}&name=Grace&transport=longpoll`);
  await by(ada, "WebSocket");
  await by(grace, "longpoll");
  for (const page of [ada, grace]) await sees(page, "Ada", "Grace");
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
  for (const page of [ada, grace]) await sees(page, "Ada", "Grace");
  await says(ada, "Back again", grace);
  await says(grace, "So am I", ada);
  await by(grace, "longpoll");
  assert.equal(sockets.length, 0);

  // The option is there for people too.
  await grace.getByLabel("Without WebSocket").uncheck();
  await by(grace, "WebSocket");
  await says(grace, "Over WebSocket", ada);
  assert.equal(sockets.length, 1);
  for (const page of [ada, grace]) await page.close();
});

test("a window without WebSocket that is closed is missed", options, async () => {
  const ada = await open(chat.page("/?room=cove&name=Ada"));
  const grace = await open(chat.page("/?room=cove&name=Grace&transport=longpoll"));
  await sees(ada, "Ada", "Grace");
  await grace.close();
  await sees(ada, "Ada");
  await ada.close();
});

for (const [how, answers] of [["refuses", true], ["swallows", false]]) {
  test(`behind a proxy that ${how} WebSockets, the chat works`, options, async (context) => {
    const proxy = await Proxy.start(chat.port, { answers });
    context.after(() => proxy.stop());
    const room = `/?room=dock, where a proxy ${how}`;
    const ada = await open(chat.page(`${room}&name=Ada`));
    const told = await open(proxy.page(`${room}&name=Grace&transport=longpoll`));
    await connected(ada, told);
    await says(told, "I was told to do without", ada);
    assert.equal(proxy.refused, 0);

    // Who was not told finds out.
    const alan = await open(proxy.page(`${room}&name=Alan`));
    await by(alan, "longpoll");
    assert.equal(proxy.refused, 1);
    for (const page of [ada, told, alan]) await sees(page, "Ada", "Alan", "Grace");
    await says(alan, "I found out by myself", told);
    await says(told, "So we both hear you", alan);
    await says(ada, "And so do I", alan);

    await chat.stop();
    for (const page of [ada, told, alan]) await state(page, "false");
    await chat.start();
    await connected(ada, told, alan);
    for (const page of [ada, told, alan]) await sees(page, "Ada", "Alan", "Grace");
    await says(alan, "Back again", told);
    await says(ada, "Welcome back", alan);
    // The window remembers.
    await alan.reload();
    await by(alan, "longpoll");
    await says(ada, "Still there?", alan);
    assert.equal(proxy.refused, 1);
    for (const page of [ada, told, alan]) await page.close();
  });
}

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

test("pages of other addresses are refused", options, async (context) => {
  const stranger = createServer((_, response) => response.end("<!doctype html><title>Elsewhere</title>"));
  context.after(() => stranger.close());
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
      chat.page("/socket/websocket?vsn=2.0.0").replace("http", "ws"),
    );
    assert.equal(code, 1006, address);
    assert.match((await failed).errorMessage, /403/, address);
    const poll = chat.page("/socket/longpoll?vsn=2.0.0");
    const answer = await page.evaluate((url) => fetch(url).then((response) => response.json()), poll);
    assert.deepEqual(answer, { status: 403 }, address);
    await page.close();
  }
});

test("the chat's own page may be called by any of the machine's names", options, async () => {
  const page = await open(chat.page("/?room=quay", "localhost"));
  await connected(page);
  await says(page, "From localhost", page);
  await page.close();
});

test("a transport of one's own: two windows talk, also after the server was away", options, async (context) => {
  const example = await Example.start(customTransport);
  context.after(() => example.stop());
  const pages = [await open(example.page("/")), await open(example.page("/"))];
  const [ada, grace] = pages;
  const shows = (page, text) => page.getByRole("listitem").getByText(text).first().waitFor({ timeout: patience });
  const talk = async (speaker, text) => {
    await speaker.getByPlaceholder("Say something").fill(text);
    await speaker.getByRole("button", { name: "Send" }).click();
    for (const page of pages) await shows(page, text);
  };
  for (const page of pages) await shows(page, "welcome, visitor");
  await talk(ada, "Ahoy! Is anybody there?");
  await talk(grace, 'Aye. <b>All</b> is "well" & dry 🐚');

  await example.stop();
  for (const page of pages) await page.getByRole("list").evaluate((list) => list.replaceChildren());
  await example.start();
  for (const page of pages) await shows(page, "welcome, visitor");
  await talk(grace, "Back again");
  for (const page of pages) await page.close();
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
  await page.getByRole("status").getByText(`connected by ${transport}`).waitFor({ timeout: patience });
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

// Types until all that is expected meanwhile has been seen.
async function types(page, ...expected) {
  let seen = false;
  const all = Promise.all(expected.map((one) => one())).finally(() => (seen = true));
  for (; !seen; await sleep(200)) await page.getByLabel("Message").press("h");
  await all;
}

// These are here, and nobody else.
async function sees(page, ...names) {
  const present = page.getByRole("list", { name: "Here" }).getByRole("listitem");
  let found;
  for (let end = Date.now() + patience; Date.now() < end; await sleep(50)) {
    found = (await present.allTextContents()).sort();
    if (isDeepStrictEqual(found, names)) return;
  }
  assert.deepEqual(found, names, "who is here");
}

async function hears(page, text) {
  await page.locator("#log").getByText(text, { exact: true }).waitFor({ timeout: patience });
}

async function says(speaker, text, listener) {
  await speaker.getByLabel("Message").fill(text);
  await speaker.getByRole("button", { name: "Send" }).click();
  for (const page of [speaker, listener]) {
    await page.locator("#log").getByText(text).waitFor({ timeout: patience });
  }
}
