// Phoenix's own client over longpoll, behind HAProxy without stickiness, in front of three nodes that are restarted one
// by one. Arguments: the nodes' program, and the URL of Redis. The last line of the output is a report.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LongPoll, Socket } from "phoenix";
import { Example, freePort, listens } from "./example.mjs";

const [program, redis] = process.argv.slice(2);
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
  constructor(port, number) {
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

async function balance() {
  const port = await freePort();
  const folder = await mkdtemp(path(tmpdir(), "landfall-restarts-"));
  const file = path(folder, "haproxy.cfg");
  const servers = nodes.map((node, n) => `    server node${n} 127.0.0.1:${node.port}`);
  await writeFile(
    file,
    `defaults
    mode http
    timeout connect 1s
    timeout client 1m
    timeout server 1m
    retries 3
    option redispatch
frontend all
    bind 127.0.0.1:${port}
    default_backend nodes
backend nodes
    balance roundrobin
    option httpchk GET /healthz
    default-server check inter 100ms fall 1 rise 1
${servers.join("\n")}
`,
  );
  const PATH = `${process.env.PATH}:/usr/sbin`;
  const haproxy = spawn("haproxy", ["-db", "-f", file], { env: { ...process.env, PATH }, stdio: ["ignore", "ignore", "inherit"] });
  for (let tries = 0; !(await listens(port)); tries++) {
    assert(tries < 100 && haproxy.exitCode === null, "the balancer does not listen");
    await sleep(100);
  }
  return { port, stop: () => rm(folder, { recursive: true }).then(() => haproxy.kill()) };
}

async function restartAll() {
  for (const [n, node] of nodes.entries()) {
    await sleep(2000);
    await node.stop();
    process.env.NODE = `node-${n}`;
    await node.start();
    restarts++;
  }
}

for (const n of [0, 1, 2]) {
  process.env.NODE = `node-${n}`;
  nodes.push(await Example.start(program));
}
const balancer = await balance();
const clients = Array.from({ length: CLIENTS }, (_, n) => new Client(balancer.port, n));
await Promise.all([...clients.map((client) => client.talk()), restartAll()]);
// What is on its way arrives.
await sleep(1000);
const told = clients.map(({ acknowledged, heard }) => ({ acknowledged, heard }));
for (const { socket } of clients) socket.disconnect();
await Promise.all(nodes.map((node) => node.stop()));
await balancer.stop();
process.stdout.write(`${JSON.stringify({ restarts, clients: told })}\n`, () => process.exit(0));
