// Pages that follow their files, in Chromium. The arguments are the address of the pages, and the
// directory that they are in.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./chromium.mjs";

const [address, place] = process.argv.slice(2);
const options = { timeout: 60_000 };
const write = (name, text) => writeFileSync(join(place, name), text);

let browser;

before(async () => {
  browser = await launch();
}, options);

after(async () => {
  await browser?.close();
}, options);

// The page once its frame has joined.
async function open() {
  const page = await browser.newPage();
  page.on("pageerror", (error) => assert.fail(String(error)));
  await page.addInitScript(() => {
    window.addEventListener("phx:live_reload:attached", ({ detail }) => (window.attached = detail));
  });
  await page.goto(`${address}/index.html`);
  await joined(page);
  return page;
}

const joined = (page) => page.waitForFunction(() => window.attached?.channel.state === "joined");
const colour = (page) => page.evaluate(() => getComputedStyle(document.querySelector("h1")).color);

test("a stylesheet changes without a new page, and then the page", options, async () => {
  const page = await open();
  assert.equal(await colour(page), "rgb(1, 2, 3)");
  await page.evaluate(() => (window.kept = "kept"));

  write("app.css", "h1 { color: rgb(4, 5, 6) }");
  await page.waitForFunction(
    () => getComputedStyle(document.querySelector("h1")).color === "rgb(4, 5, 6)",
  );
  assert.equal(await page.evaluate(() => window.kept), "kept", "the page was loaded anew");

  write("index.html", '<html><head><link rel="stylesheet" href="/app.css"></head><body><h1>other</h1></body></html>');
  await page.waitForFunction(() => document.querySelector("h1")?.textContent === "other");
  assert.equal(await page.evaluate(() => window.kept), undefined);
  // It follows its files again.
  await joined(page);
  write("index.html", "<html><body><h1>third</h1></body></html>");
  await page.waitForFunction(() => document.querySelector("h1")?.textContent === "third");
  await page.close();
});
