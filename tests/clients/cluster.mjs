// The example of three nodes, with Phoenix's own client at each. The argument is its program.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, test } from "node:test";
import { LongPoll, Presence, Socket } from "phoenix";
import WebSocket from "ws";
import { freePort, listens } from "./example.mjs";

const [program] = process.argv.slice(2);
const options = { timeout: 90_000 };
const visitors = [];
// The processes of nodes, by port, and that of Redis.
const processes = new Map();

let cluster;
let ended;
let first;
let redis;

before(async () => {
  first = await threeFreePorts();
  redis = await freePort();
  const env = { ...process.env, PORT: first, REDIS_URL: `redis://127.0.0.1:${redis}` };
  cluster = spawn(program, { env, stdio: ["ignore", "pipe", "inherit"] });
  ended = once(cluster, "exit");
  createInterface({ input: cluster.stdout }).on("line", (line) => {
    const [, port, id] = /127\.0\.0\.1:(\d+) \(process (\d+)\)$/.exec(line) ?? [];
    if (port) processes.set(Number(port), Number(id));
  });
  for (const port of [first, first + 1, first + 2]) {
    await until(`port ${port} is open`, () => listens(port));
  }
}, options);

after(async () => {
  for (const { socket } of visitors) socket.disconnect();
  cluster?.kill("SIGKILL");
  await ended;
  // Nodes end by themselves when the process that started them is gone.
  const id = processes.get(redis);
  if (id && (await listens(redis))) process.kill(id, "SIGKILL");
}, options);

async function threeFreePorts() {
  for (;;) {
    const port = await freePort();
    const taken = await Promise.all([port + 1, port + 2].map(listens));
    if (port < 65_000 && !taken.includes(true)) return port;
  }
}

async function until(what, condition) {
  for (let tries = 0; !(await condition()); tries++) {
    assert(tries < 1500, `waited in vain until ${what}`);
    await sleep(20);
  }
}

function visit(name, port, transport) {
  const socket = new Socket(`ws://127.0.0.1:${port}/socket`, { transport });
  const channel = socket.channel("room:quay", { name });
  const visitor = { name, socket, channel, presence: new Presence(channel), heard: [] };
  channel.on("said", ({ who, text }) => visitor.heard.push(`${who}: ${text}`));
  socket.connect();
  channel.join();
  visitors.push(visitor);
  return visitor;
}

const sees = ({ presence }) => presence.list((name) => name).sort().join();

test("visitors of three nodes see and hear each other, also after one was ended", options, async () => {
  const ann = visit("Ann", first, WebSocket);
  const ben = visit("Ben", first + 1, WebSocket);
  visit("Cy", first + 2, WebSocket);
  visit("Dee", first + 2, LongPoll);
  await until("all see all", () => visitors.every((visitor) => sees(visitor) === "Ann,Ben,Cy,Dee"));
  for (const { name, channel } of visitors) channel.push("say", { text: `ahoy from ${name}` });
  await until("all hear all", () => visitors.every(({ heard }) => heard.length === 4));
  for (const { heard } of visitors) {
    assert.deepEqual(heard.toSorted(), ["Ann", "Ben", "Cy", "Dee"].map((name) => `${name}: ahoy from ${name}`));
  }

  const before = processes.get(first + 1);
  process.kill(before, "SIGTERM");
  await until("Ben is away", () => sees(ann) === "Ann,Cy,Dee");
  await until("the node is there again", () => processes.get(first + 1) !== before);
  await until("Ben is back", () => visitors.every((visitor) => sees(visitor) === "Ann,Ben,Cy,Dee"));
  ben.channel.push("say", { text: "back" });
  await until("all hear Ben", () => visitors.every(({ heard }) => heard.at(-1) === "Ben: back"));
});

test("it ends with all that it has started", options, async () => {
  for (const { socket } of visitors) socket.disconnect();
  assert.equal(await listens(redis), true, "it has started Redis");
  cluster.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null]);
  for (const port of [first, first + 1, first + 2, redis]) assert.equal(await listens(port), false);
});
