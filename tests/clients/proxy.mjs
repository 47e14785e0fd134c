// A proxy as some networks have them: it passes requests on, and lets no WebSocket through.

import { once } from "node:events";
import { createServer, request as ask } from "node:http";

export class Proxy {
  refused = 0;

  // One that `answers` says that it lets none through; another says nothing at all.
  static async start(port, { answers }) {
    const proxy = new Proxy();
    proxy.server = createServer((incoming, response) => {
      const { method, url, headers } = incoming;
      const onwards = ask({ host: "127.0.0.1", port, method, path: url, headers, agent: false }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      onwards.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
      response.on("close", () => onwards.destroy());
      incoming.pipe(onwards);
    });
    proxy.server.on("upgrade", (_, socket) => {
      proxy.refused++;
      if (answers) socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    });
    proxy.server.listen(0, "127.0.0.1");
    await once(proxy.server, "listening");
    return proxy;
  }

  page(path) {
    return `http://127.0.0.1:${this.server.address().port}${path}`;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
