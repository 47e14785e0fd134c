"use strict";

const byId = (id) => document.getElementById(id);
const [where, say, log, state] = ["where", "say", "log", "state"].map(byId);
const query = new URLSearchParams(location.search);
where.room.value = query.get("room") ?? "harbour";
where.name.value = query.get("name") ?? `guest ${Math.floor(Math.random() * 900 + 100)}`;

where.longpoll.checked = query.get("transport") === "longpoll";

let socket;
let retry;
let attempts = 0;
let metWebSocket = false;

function connect() {
  clearTimeout(retry);
  const longpoll = where.longpoll.checked;
  const name = longpoll ? "longpoll" : "websocket";
  const url = new URL(`rooms/${encodeURIComponent(where.room.value)}/${name}`, location.href);
  if (!longpoll) url.protocol = url.protocol.replace("http", "ws");
  url.search = new URLSearchParams({ name: where.name.value });
  const own = (socket = longpoll ? new LongPoll(url) : new WebSocket(url));
  own.onopen = () => {
    if (own !== socket) return;
    attempts = 0;
    metWebSocket ||= !longpoll;
    show(true, `connected by ${name}`);
  };
  own.onmessage = ({ data }) => own === socket && add(JSON.parse(data));
  own.onclose = ({ code }) => {
    if (own !== socket) return;
    // Where no WebSocket ever came through, none may.
    where.longpoll.checked ||= !metWebSocket;
    const wait = Math.min(5000, 100 * 2 ** attempts++);
    show(false, `closed (${code}), trying again …`);
    retry = setTimeout(connect, wait);
  };
}

function show(open, text) {
  state.dataset.open = open;
  state.textContent = text;
}

function add({ what, who, text }) {
  const line = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = who;
  line.append(name, what === "said" ? `: ${text}` : ` ${what}`);
  if (what !== "said") line.className = "note";
  log.append(line);
  while (log.children.length > 500) log.firstChild.remove();
  line.scrollIntoView();
}

where.onsubmit = (event) => {
  event.preventDefault();
  log.replaceChildren();
  show(false, "connecting …");
  socket.close(1000);
  connect();
};

where.longpoll.onchange = () => where.requestSubmit();

say.onsubmit = (event) => {
  event.preventDefault();
  if (state.dataset.open !== "true") return;
  socket.send(say.text.value);
  say.text.value = "";
};

connect();
