// One of the examples as a program that is started and stopped, as an operator would.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const patience = 20_000;

export class Example {
  static async start(program) {
    const example = new Example();
    example.program = program;
    example.port = await freePort();
    await example.start();
    return example;
  }

  page(path, host = "127.0.0.1") {
    return `http://${host}:${this.port}${path}`;
  }

  async start() {
    this.process = spawn(this.program, {
      env: { ...process.env, PORT: this.port },
      stdio: ["ignore", "inherit", "inherit"],
    });
    this.ended = once(this.process, "exit");
    for (let tries = 0; !(await listens(this.port)); tries++) {
      assert(tries < 100 && this.process.exitCode === null, "the example does not listen");
      await sleep(100);
    }
  }

  // SIGTERM: it says goodbye to its clients, and ends by itself.
  async stop() {
    this.process.kill("SIGTERM");
    const killer = setTimeout(() => this.process.kill("SIGKILL"), patience);
    const [code, signal] = await this.ended;
    clearTimeout(killer);
    assert.deepEqual([code, signal], [0, null], "the example's end");
  }

  // Whether it was killed or not.
  async end() {
    this.process.kill("SIGKILL");
    await this.ended;
  }
}

export async function listens(port) {
  const socket = connect(port, "127.0.0.1");
  const answer = await once(socket, "connect").then(() => true, () => false);
  socket.destroy();
  return answer;
}

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
