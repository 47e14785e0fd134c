"use strict";

// What a WebSocket does, by requests that wait for messages: for networks that let no WebSocket through.
class LongPoll {
  #url;
  #token = "";
  #left = new AbortController();
  #sent = Promise.resolve();

  constructor(url) {
    this.#url = url;
    this.#poll().catch(() => this.#end());
  }

  // One request at a time, so that messages keep their order.
  send(text) {
    this.#sent = this.#sent.then(async () => {
      const { status } = await this.#ask({ method: "POST", body: text });
      if (status !== 200) throw new Error(`a message was answered ${status}`);
    });
    this.#sent.catch(() => this.#end());
  }

  // The server notices that nobody asks for messages any more.
  close() {
    this.#left.abort();
  }

  async #poll() {
    for (;;) {
      const { status, token, messages } = await this.#ask({ method: "GET" });
      // Each answer renews the token, which says what has arrived.
      this.#token = token;
      if (status === 410) this.onopen?.();
      else if (status !== 200 && status !== 204) throw new Error(`a poll was answered ${status}`);
      for (const data of messages) this.onmessage?.({ data });
    }
  }

  async #ask(request) {
    const url = new URL(this.#url);
    if (this.#token) url.searchParams.set("token", this.#token);
    const signal = AbortSignal.any([this.#left.signal, AbortSignal.timeout(20_000)]);
    const response = await fetch(url, { ...request, signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response.json();
  }

  #end() {
    if (this.#left.signal.aborted) return;
    this.#left.abort();
    this.onclose?.({ code: 1006 });
  }
}
