// The page for developers in Chromium, as the example `errors` shows it: on a screen and on a phone,
// in the light and in the dark. The arguments are the program, and where pictures go.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./chromium.mjs";
import { Example } from "./example.mjs";

const [program, pictures] = process.argv.slice(2);
const options = { timeout: 60_000 };

let example;
let browser;

before(async () => {
  [example, browser] = await Promise.all([Example.start(program), launch()]);
}, options);

after(async () => {
  await browser?.close();
  await example?.stop();
}, options);

for (const [name, width, height, colorScheme] of [
  ["screen", 1200, 900, "light"],
  ["phone", 390, 844, "dark"],
]) {
  test(`a panic on a ${name}`, options, async () => {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const page = await context.newPage();
    const wrong = [];
    page.on("console", (message) => wrong.push(message.text()));
    page.on("pageerror", (error) => wrong.push(String(error)));
    const response = await page.goto(example.page("/panic?token=canary&page=2"));
    assert.equal(response.status(), 500);
    await page.screenshot({ path: `${pictures}-${name}.png`, fullPage: true });
    const beside = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert(beside <= 0, `${beside} pixels lie beside the page`);
    assert.match(await page.textContent("mark"), /prices\[item\]/);
    const text = await page.textContent("body");
    assert(text.includes("token=[FILTERED]&page=2") && !text.includes("canary"), text);
    assert(!text.includes("landfall::"), "the stack is the application's");
    await page.click("#copy");
    await page.waitForFunction(() => document.getElementById("copy").textContent === "Copied");
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert(copied.startsWith("# Panic at GET /panic"), copied);
    // Chromium says of the page itself that its status is 500. Nothing else is said.
    assert(wrong.every((text) => text.includes("status of 500")), `${wrong}`);
    await context.close();
  });
}
