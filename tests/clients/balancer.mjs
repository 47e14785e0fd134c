// Phoenix's own client behind HAProxy, in front of two quays. One of them is killed. The argument is their program.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, test } from "node:test";
import { LongPoll, Socket } from "phoenix";
import WebSocket from "ws";
import { Example, freePort, listens } from "./example.mjs";

const [program] = process.argv.slice(2);
const options = { timeout: 60_000 };
const clients = [];

let balancer;
let folder;
let port;
let quays = [];

before(async () => {
  quays = await Promise.all([Example.start(program), Example.start(program)]);
  port = await freePort();
  folder = await mkdtemp(path(tmpdir(), "landfall-balancer-"));
  const file = path(folder, "haproxy.cfg");
  // A client's parameter decides which of them it goes to, as a cookie would in a browser.
  await writeFile(
    file,
    `defaults
    mode http
    timeout connect 1s
    timeout client 1m
    timeout server 1m
    timeout tunnel 1h
    retries 3
    option redispatch
frontend all
    bind 127.0.0.1:${port}
    default_backend quays
backend quays
    balance url_param client
    option httpchk GET /
    default-server check inter 200ms fall 1 rise 1
    server one 127.0.0.1:${quays[0].port}
    server two 127.0.0.1:${quays[1].port}
`,
  );
  const PATH = `${process.env.PATH}:/usr/sbin`;
  balancer = spawn("haproxy", ["-db", "-f", file], { env: { ...process.env, PATH }, stdio: ["ignore", "ignore", "inherit"] });
  for (let tries = 0; !(await listens(port)); tries++) {
    assert(tries < 100 && balancer.exitCode === null, "the balancer does not listen");
    await sleep(100);
  }
}, options);

after(async () => {
  for (const { socket } of clients) socket.disconnect();
  balancer?.kill();
  await Promise.all(quays.map((quay) => quay.end()));
  if (folder) await rm(folder, { recursive: true });
}, options);

async function until(what, condition) {
  for (let tries = 0; !condition(); tries++) {
    assert(tries < 2000, `waited in vain until ${what}`);
    await sleep(10);
  }
}

function answer(push) {
  return new Promise((tell) => {
    for (const status of ["ok", "error", "timeout"]) push.receive(status, (response) => tell([status, response]));
  });
}

test("clients of a worker that is killed come back on the other one", options, async () => {
  for (let n = 0; n < 24; n++) {
    const transport = n % 3 === 0 ? LongPoll : WebSocket;
    const socket = new Socket(`ws://127.0.0.1:${port}/socket`, { transport, params: { client: n } });
    const client = { transport, socket, channel: socket.channel("room:harbour"), errors: 0, heard: 0 };
    client.channel.onError(() => client.errors++);
    client.channel.on("shouted", () => client.heard++);
    socket.connect();
    client.channel.join();
    clients.push(client);
  }
  await until("all have joined", () => clients.every(({ channel }) => channel.state === "joined"));

  // Who hears it is on the first client's worker.
  await answer(clients[0].channel.push("shout", {}));
  await until("the first client has heard it", () => clients[0].heard === 1);
  await sleep(500);
  const here = clients.filter(({ heard }) => heard === 1);
  for (const transport of [WebSocket, LongPoll]) {
    const both = [here, clients.filter(({ heard }) => heard === 0)];
    for (const side of both) assert(side.some((client) => client.transport === transport), "each worker has clients");
  }

  quays[0].process.kill("SIGKILL");
  const moved = () => clients.filter(({ errors }) => errors > 0);
  await until("some have lost their connection", () => moved().length > 0);
  await until("all have joined again", () => clients.every(({ channel }) => channel.state === "joined"));
  for (const [n, { channel }] of clients.entries()) {
    assert.deepEqual(await answer(channel.push("echo", { n })), ["ok", { n }]);
  }
  assert(moved().length < clients.length, "those of the other worker were not disturbed");

  for (const client of clients) client.heard = 0;
  await answer(clients[0].channel.push("shout", {}));
  await until("all are on one worker", () => clients.every(({ heard }) => heard === 1));
});
