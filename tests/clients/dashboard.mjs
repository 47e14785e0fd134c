// The dashboard in Chromium, while many sockets talk. The arguments are its address, a directory for
// screenshots, and the number of sockets.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./chromium.mjs";

const [address, shots, sockets] = process.argv.slice(2);
const options = { timeout: 180_000 };

let browser;

before(async () => {
  browser = await launch();
}, options);

after(async () => {
  await browser?.close();
}, options);

// The page, once it is live. Whatever it loads from elsewhere, or is not allowed to do, fails.
async function open(more = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...more });
  page.on("pageerror", (error) => assert.fail(String(error)));
  page.on("console", (line) => line.type() === "error" && assert.fail(line.text()));
  page.on("request", (request) => assert(request.url().startsWith(new URL(address).origin), request.url()));
  await page.goto(address);
  await page.waitForSelector("#state[data-state=live]");
  return page;
}

const figure = (page, title) =>
  page.evaluate((title) => {
    const chart = [...document.querySelectorAll(".chart")].find((one) => one.textContent.includes(title));
    return [...chart.querySelectorAll(".now span")].map((one) => one.firstChild.data);
  }, title);

const plain = (text) => Number(text.replace(/,/g, "").replace(/^([\d.]+)k$/, (_, number) => number * 1000));

async function until(holds, what) {
  for (let tries = 0; !(await holds()); tries++) {
    assert(tries < 120, what);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

const show = async (page, name) => {
  await page.click(`#tab-${name}`);
  await page.waitForSelector("#list .card > *");
};

const shot = (page, name) => page.screenshot({ path: join(shots, `${name}.png`) });

test("charts show the sockets and what they say", options, async () => {
  const page = await open();
  await until(async () => plain((await figure(page, "Open sockets"))[0]) > sockets, "too few sockets");
  await until(async () => (await figure(page, "Messages a second")).every((one) => plain(one) > sockets / 10), "too few messages");
  const [half] = await figure(page, "Callbacks return within");
  assert.match(half, /^[\d.]+ (µs|ms)$/);
  assert.match((await figure(page, "Memory"))[0], /^[\d.]+ [MG]B$/);
  assert.match((await figure(page, "Processor"))[0], /^[\d.]+ %$/);
  const points = await page.evaluate(() => document.querySelector("polyline").getAttribute("points").split(" ").length);
  assert(points >= 3, "a chart has points");
  await page.close();
});

test("lists show who is here, so many at a time", options, async () => {
  const page = await open();
  await show(page, "sockets");
  await page.waitForFunction(() => document.querySelectorAll("#list tbody tr").length === 50);
  const first = await page.textContent("#list tbody tr .mono");
  await page.click("text=more");
  await page.waitForSelector("text=page 2");
  assert.notEqual(await page.textContent("#list tbody tr .mono"), first);
  await page.click("text=back");
  await page.click("#list tbody tr button.plain");
  await page.waitForSelector("td.wide .badge");
  assert.match(await page.textContent("td.wide .badge"), /^(berth:|phoenix:)/);

  await show(page, "channels");
  await page.waitForSelector("text=berth:0");
  assert((await page.textContent("#list tbody")).includes("Berth"));
  await page.click("text=berth:0");
  await page.waitForSelector("td.wide .badge");
  await show(page, "presence");
  await page.click("text=berth:1");
  await page.waitForSelector("text=ship 41");
  await show(page, "nodes");
  await page.waitForSelector("text=quay");
  await show(page, "log");
  await page.waitForSelector("text=the tide comes <b>soon</b>");
  await page.close();
});

test("a socket is ended by two clicks", options, async () => {
  const page = await open();
  await show(page, "sockets");
  const row = page.locator("#list tbody tr", { hasText: "Echo" }).first();
  const id = await row.locator(".mono").textContent();
  await page.click(`[data-key="end ${id}"]`);
  await page.waitForSelector(`[data-key="end ${id}"][data-sure]`);
  await page.click(`[data-key="end ${id}"]`);
  await page.waitForFunction((id) => !document.querySelector("#list").textContent.includes(id), id);
  await page.close();
});

test("it fits a phone, and the dark", options, async () => {
  const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  // Some seconds of history make better pictures.
  await new Promise((resolve) => setTimeout(resolve, Number(process.env.HISTORY ?? 0) * 1000));
  const grounds = [];
  for (const colorScheme of ["light", "dark"]) {
    for (const [name, viewport] of [["desktop", { width: 1280, height: 800 }], ["phone", { width: 390, height: 844 }]]) {
      const page = await open({ colorScheme, viewport });
      for (const tab of ["sockets", "channels", "presence", "nodes", "log"]) {
        await show(page, tab);
        await new Promise((resolve) => setTimeout(resolve, 400));
        if (tab === "channels" || tab === "presence") await page.click("#list button.plain");
        await new Promise((resolve) => setTimeout(resolve, 400));
        const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
        assert(wide <= room, `${name} ${tab}: ${wide} > ${room}`);
        await shot(page, `${name}-${colorScheme}-${tab}`);
      }
      grounds.push(await ground(page));
      await page.close();
    }
  }
  assert.equal(grounds[0], grounds[1]);
  assert.notEqual(grounds[0], grounds[2]);
});
