"use strict";

const byId = (id) => document.getElementById(id);
const [where, say, log, state] = ["where", "say", "log", "state"].map(byId);
const query = new URLSearchParams(location.search);
where.room.value = query.get("room") ?? "harbour";
where.name.value = query.get("name") ?? `guest ${Math.floor(Math.random() * 900 + 100)}`;

let socket;
let retry;
let attempts = 0;

function connect() {
  clearTimeout(retry);
  const url = new URL(`rooms/${encodeURIComponent(where.room.value)}/websocket`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.search = new URLSearchParams({ name: where.name.value });
  const own = (socket = new WebSocket(url));
  socket.onopen = () => {
    attempts = 0;
    show(true, "connected");
  };
  socket.onmessage = ({ data }) => add(JSON.parse(data));
  socket.onclose = ({ code }) => {
    if (own !== socket) return;
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
  socket.close(1000);
  connect();
};

say.onsubmit = (event) => {
  event.preventDefault();
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(say.text.value);
  say.text.value = "";
};

connect();
