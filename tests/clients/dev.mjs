// `landfall dev` in Chromium: through changes, mistakes and back. The arguments are the command, the
// directory of a project, the directory that cargo builds into, and cargo.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { launch } from "./chromium.mjs";
import { freePort } from "./example.mjs";

const [command, place, target, cargo] = process.argv.slice(2);
// The first build compiles all dependencies.
const options = { timeout: 600_000 };
// Later ones compile the program alone.
const patience = 120_000;

// A program whose page says a word, and whose path `/slow` takes a second.
const program = (word, port) => `
use http::{HeaderValue, Request, Response, header::CONTENT_TYPE};
use landfall::prelude::*;

endpoint! {
    pub struct Tide;
    http(ip = [127, 0, 0, 1], port = ${port});
    live_reload(patterns = ["pages/"]);
    service(tower::service_fn(page));
}

async fn page(request: Request<Body>) -> Result<Response<Body>, std::convert::Infallible> {
    match request.uri().path() {
        "/exit" => std::process::exit(7),
        "/slow" => tokio::time::sleep(std::time::Duration::from_secs(1)).await,
        _ => {}
    }
    let mut page = Response::new(Body::from("<html><body><h1>${word}</h1></body></html>"));
    page.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    Ok(page)
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    Tide::start().await?.wait_for_signal().await
}
`;

let browser;
let dev;
let port;
// As the command says it: the endpoint checks origins.
let address;

const write = (source) => writeFileSync(join(place, "src", "main.rs"), source);

before(async () => {
  port = await freePort();
  write(program("one", port));
  browser = await launch();
  dev = spawn(command, ["dev", "--port", `${port}`], {
    cwd: place,
    env: { ...process.env, CARGO: cargo, CARGO_TARGET_DIR: target },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(dev.stdout.setEncoding("utf8"), "data");
  dev.stdout.pipe(process.stdout);
  [, address] = /^landfall dev at (http:\S+)\n/.exec(said);
}, options);

after(async () => {
  await browser?.close();
  if (dev?.exitCode === null) {
    dev.kill("SIGKILL");
    await once(dev, "exit");
  }
}, options);

// A page that nobody touches any more once it is open. It counts its documents.
async function open(path = "/") {
  const page = await browser.newPage();
  page.setDefaultTimeout(patience);
  page.documents = 0;
  page.on("domcontentloaded", () => page.documents++);
  await page.addInitScript(() => {
    window.addEventListener("phx:live_reload:attached", ({ detail }) => (window.attached = detail));
  });
  await page.goto(`${address}${path}`, { timeout: options.timeout });
  return page;
}

async function shows(page, title) {
  await page.waitForFunction(
    (title) => document.readyState !== "loading" && document.querySelector("h1")?.textContent === title,
    title,
  );
  await page.waitForLoadState("domcontentloaded");
}
const joined = (page) => page.waitForFunction(() => window.attached?.channel.state === "joined");
const text = (page) => page.evaluate(() => document.body.innerText);

// Status and title, over a connection of its own. A request that fails throws.
async function ask(path = "/") {
  const asked = request(`${address}${path}`, { agent: new Agent({ keepAlive: false }), family: 4 });
  asked.end();
  const [answer] = await once(asked, "response");
  let body = "";
  for await (const piece of answer.setEncoding("utf8")) body += piece;
  return { status: answer.statusCode, title: /<h1>(.*?)<\/h1>/.exec(body)?.[1] };
}

test("pages go with the program, through mistakes and back", options, async () => {
  // The program is not built yet: the request waits for it.
  const page = await open();
  await shows(page, "one");
  const other = await open("/elsewhere");
  for (const each of [page, other]) {
    await shows(each, "one");
    await joined(each);
  }

  // All the while people ask. Nobody is refused, and nothing is answered by half.
  const answers = [];
  let ended = false;
  const knocks = (async () => {
    const asked = [];
    while (!ended) {
      asked.push(ask(asked.length % 8 === 0 ? "/slow" : "/").then((answer) => answers.push(answer)));
      await sleep(25);
    }
    await Promise.all(asked);
  })();
  // It is looked at below, and must not end the process meanwhile.
  knocks.catch(() => {});

  // A change: each page is loaded anew once.
  write(program("two", port));
  for (const each of [page, other]) {
    await shows(each, "two");
    await joined(each);
    assert.equal(each.documents, 2);
  }

  // A mistake: the pages show it.
  write(program("three", port).replace("Ok(page)", "page"));
  for (const each of [page, other]) {
    await shows(each, "It does not compile");
    const shown = await text(each);
    assert.match(shown, /error\[E0308\]: mismatched types[\s\S]*src\/main\.rs/);
    assert(shown.includes("expected `Result<Response<Body>, Infallible>`"), shown);
    assert(!shown.includes("\u001b"), "colours of a terminal");
    assert.equal(each.documents, 3);
  }
  // Another one, and a reload by hand meanwhile.
  write(program("three", port).replace("Ok(page)", "Ok(missing)"));
  for (const each of [page, other]) {
    await each.waitForFunction(() => document.body?.innerText.includes("E0425"));
  }
  await page.reload();
  await shows(page, "It does not compile");
  const late = await open();
  await shows(late, "It does not compile");

  // And back.
  write(program("four", port));
  for (const each of [page, other, late]) {
    await shows(each, "four");
    await joined(each);
    assert.equal(new URL(each.url()).pathname, each === other ? "/elsewhere" : "/");
  }

  ended = true;
  await knocks;
  const titles = new Set(answers.map(({ status, title }) => `${status} ${title}`));
  assert.deepEqual([...titles].sort(), ["200 four", "200 one", "200 two", "500 It does not compile"]);

  // A program that ends by itself is told of, and so is its next one.
  await ask("/exit").catch(() => {});
  for (const each of [page, other, late]) await shows(each, "The program has ended");
  assert.match(await text(page), /exit status: 7/);
  write(program("five", port));
  for (const each of [page, other, late]) await shows(each, "five");
  for (const each of [page, other, late]) await each.close();
});
