"use strict";

const [log, say, state] = ["log", "say", "state"].map((id) => document.getElementById(id));
//: only tower
const place = new URL("/lines/websocket", location.href.replace(/^http/, "ws"));
//: end
//: only axum
const place = new URL("/rt/lines/websocket", location.href.replace(/^http/, "ws"));
//: end
let socket;
let failures = 0;

// A raw socket does not come back by itself.
function connect() {
  socket = new WebSocket(place);
  socket.onopen = () => {
    failures = 0;
    show(true, "connected");
  };
  socket.onmessage = ({ data }) => add(data);
  socket.onclose = () => {
    show(false, "trying again …");
    failures += 1;
    setTimeout(connect, Math.min(5000, 100 * 2 ** failures) * (0.5 + Math.random() / 2));
  };
}

say.onsubmit = (event) => {
  event.preventDefault();
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(say.text.value);
  say.reset();
};

function show(open, text) {
  state.dataset.open = open;
  state.textContent = text;
}

function add(text) {
  log.append(Object.assign(document.createElement("li"), { textContent: text }));
  while (log.children.length > 200) log.firstChild.remove();
  log.scrollTop = log.scrollHeight;
}

connect();
