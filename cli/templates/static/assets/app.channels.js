"use strict";

const { Presence, Socket } = Phoenix;
const [here, log, say, state] = ["here", "log", "say", "state"].map((id) => document.getElementById(id));
const name = `guest ${Math.floor(Math.random() * 900 + 100)}`;

// One connection for all channels. It comes back by itself, and they with it.
//: only tower
const socket = new Socket("/socket", { longPollFallbackMs: 2000 });
//: end
//: only axum
const socket = new Socket("/rt/socket", { longPollFallbackMs: 2000 });
//: end
socket.onOpen(() => {
  // Where a WebSocket came through, one will again.
  if (socket.transport === WebSocket) socket.longPollFallbackMs = undefined;
});
socket.connect();

const room = socket.channel("room:lobby", { name });
room.onError(() => show(false, "trying again …"));
room.on("said", ({ by, text }) => add(by, text));
room
  .join()
  .receive("ok", () => show(true, name))
  .receive("error", ({ reason }) => show(false, `not let in: ${reason}`));

// Who is here: names, with a meta for each window.
const presence = new Presence(room);
presence.onSync(() => {
  here.replaceChildren(...presence.list((visitor) => element("li", visitor)));
});

say.onsubmit = (event) => {
  event.preventDefault();
  room
    .push("say", { text: say.text.value })
    .receive("error", ({ reason }) => add("not sent", reason))
    .receive("timeout", () => add("perhaps not sent", "the server does not answer"));
  say.reset();
};

function show(open, text) {
  state.dataset.open = open;
  state.textContent = text;
  if (!open) here.replaceChildren();
}

function add(by, text) {
  const line = document.createElement("li");
  line.append(element("b", by), `: ${text}`);
  log.append(line);
  while (log.children.length > 200) log.firstChild.remove();
  log.scrollTop = log.scrollHeight;
}

function element(kind, text) {
  return Object.assign(document.createElement(kind), { textContent: text });
}
