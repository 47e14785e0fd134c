// Phoenix's own client, unmodified, on pages of an example in Chromium.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";

const patience = { timeout: 20_000 };
const { resolve } = createRequire(import.meta.url);

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });

// A page of the example's own address, with this client, a socket and a channel that joins. `heard` is what the channel hears.
export async function open(browser, example, mount, settings, topic, name, client = "phoenix") {
  const page = await browser.newPage();
  page.on("pageerror", (error) => assert.fail(String(error)));
  await page.goto(example.page("/"));
  await page.addScriptTag({ path: join(dirname(resolve(client)), "phoenix.js") });
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
      window.answer = (push) =>
        new Promise((tell) => {
          for (const status of ["ok", "error", "timeout"]) push.receive(status, (response) => tell([status, response]));
        });
      window.ask = (event, payload) => window.answer(window.channel.push(event, payload));
      window.channel.join();
    },
    [mount, settings, topic, name],
  );
  await joined(page);
  return page;
}

export const until = (page, condition, argument = null) => page.waitForFunction(condition, argument, patience);
export const joined = (page) => until(page, () => window.socket.isConnected() && window.channel.state === "joined");
export const present = (page, names) =>
  until(page, (names) => Object.keys(window.presence.state).sort().join() === names, names);
export const transport = (page) =>
  page.evaluate(() => (window.socket.transport === window.Phoenix.LongPoll ? "LongPoll" : "WebSocket"));
export const ask = (page, event, payload) => page.evaluate(([event, payload]) => window.ask(event, payload), [event, payload]);

export async function hears(page, ...expected) {
  await until(page, (count) => window.heard.length >= count, expected.length);
  assert.deepEqual(await page.evaluate(() => window.heard.splice(0)), expected);
}

// What the browser tells a page that it puts aside, and takes out again.
export const tell = (page, event) =>
  page.evaluate((event) => window.dispatchEvent(new PageTransitionEvent(event, { persisted: true })), event);
export const show = (page, state) =>
  page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, state);
