// Phoenix's own client over longpoll, behind a balancer without stickiness, in front of three nodes that are restarted
// one by one. Arguments: the nodes' program, the URL of Redis, the balancer's port, and those of the nodes. The last line
// of the output is a report.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { LongPoll, Socket } from "phoenix";
import { Example } from "./example.mjs";

const [program, redis, port, ...ports] = process.argv.slice(2);
const CLIENTS = 8;
const EACH = 1250;
// So many are sent at once, and so often: all in 25 seconds.
const BURST = 10;
const PAUSE = 200;
// So many may be unanswered.
const UNANSWERED = 200;
// So many wait until all nodes were restarted.
const LAST = 50;

process.env.REDIS_URL = redis;
let restarts = 0;
const nodes = [];

class Client {
  constructor(number) {
    this.number = number;
    this.sent = 0;
    this.left = EACH;
    this.unanswered = 0;
    this.acknowledged = [];
    this.heard = [];
    this.socket = new Socket(`ws://127.0.0.1:${port}/socket`, { transport: LongPoll, timeout: 5000 });
    this.channel = this.socket.channel("room:harbour", {});
    this.channel.on("said", ({ from, n }) => this.heard.at(-1).push([from, n]));
    this.socket.connect();
    // Runs again whenever the client has joined again.
    this.joined = new Promise((tell) => {
      this.channel.join().receive("ok", () => {
        this.heard.push([]);
        tell();
      });
    });
  }

  // What was not acknowledged is said again, as another message.
  say() {
    const n = ++this.sent;
    const again = () => {
      this.unanswered--;
      this.left++;
    };
    this.left--;
    this.unanswered++;
    this.channel
      .push("say", { from: this.number, n })
      .receive("ok", () => {
        this.unanswered--;
        this.acknowledged.push(n);
      })
      .receive("error", again)
      .receive("timeout", again);
  }

  async talk() {
    await this.joined;
    while (this.acknowledged.length < EACH) {
      const kept = restarts < nodes.length ? LAST : 0;
      for (let n = 0; n < BURST && this.left > kept && this.unanswered < UNANSWERED; n++) this.say();
      await sleep(PAUSE);
    }
  }
}

async function start(node) {
  process.env.NODE = `node-${node.port}`;
  await node.start();
}

async function restartAll() {
  for (const node of nodes) {
    await sleep(2000);
    await node.stop();
    await start(node);
    restarts++;
  }
}

async function balances() {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => ({}));
  return answer.status === 200;
}

for (const port of ports) {
  const node = Object.assign(new Example(), { program, port });
  await start(node);
  nodes.push(node);
}
for (let tries = 0; !(await balances()); tries++) {
  assert(tries < 200, "the balancer does not find the nodes");
  await sleep(100);
}
const clients = Array.from({ length: CLIENTS }, (_, n) => new Client(n));
await Promise.all([...clients.map((client) => client.talk()), restartAll()]);
// What is on its way arrives.
await sleep(1000);
const told = clients.map(({ acknowledged, heard }) => ({ acknowledged, heard }));
for (const { socket } of clients) socket.disconnect();
await Promise.all(nodes.map((node) => node.stop()));
process.stdout.write(`${JSON.stringify({ restarts, clients: told })}\n`, () => process.exit(0));
