// A page with digested files, their integrity and a strict content security policy, in Chromium. Its
// port is the argument.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./chromium.mjs";

const port = process.argv[2];
const options = { timeout: 60_000 };

let browser;

before(async () => {
  browser = await launch();
}, options);

after(() => browser?.close(), options);

// Opens the page, and tells what went wrong meanwhile, and which files were asked for.
async function open(change = (body) => body) {
  const page = await browser.newPage();
  const wrong = [];
  const files = [];
  page.on("console", (message) => wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("requestfailed", (request) => wrong.push(`failed: ${request.url()}`));
  page.on("response", (response) => {
    files.push(new URL(response.url()).pathname);
    if (response.status() !== 200) wrong.push(`${response.status()}: ${response.url()}`);
  });
  await page.route(`http://127.0.0.1:${port}/`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: change(await response.text()) });
  });
  await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: "networkidle" });
  const seen = await page.evaluate(() => ({
    title: document.title,
    color: getComputedStyle(document.body).color,
    early: window.early === true,
  }));
  await page.close();
  return { wrong, files, seen };
}

test("it loads without an error", options, async () => {
  const { wrong, files, seen } = await open();
  assert.deepEqual(wrong, []);
  assert.deepEqual(seen, { title: "loaded", color: "rgb(1, 2, 3)", early: true });
  const digested = files.filter((path) => /-[0-9a-f]{32}\.(css|js|svg|ico)$/.test(path));
  for (const name of ["css/app-", "js/app-", "img/dot-"]) {
    assert(digested.some((path) => path.startsWith(`/${name}`)), `${name}: ${files}`);
  }
});

test("a file with another integrity is refused", options, async () => {
  const { wrong, seen } = await open((body) => body.replace(/integrity="sha512-..../g, 'integrity="sha512-AAAA'));
  assert(wrong.length >= 2, `${wrong}`);
  assert.equal(seen.title, "not yet");
  assert.notEqual(seen.color, "rgb(1, 2, 3)");
});

test("a script without the nonce is refused", options, async () => {
  const { wrong, seen } = await open((body) => body.replace(/nonce="[^"]*"/, 'nonce="another"'));
  assert.equal(wrong.length, 1, `${wrong}`);
  assert.equal(seen.early, false);
});
