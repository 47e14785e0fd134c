"use strict";

const { LongPoll, Presence, Socket } = Phoenix;
const byId = (id) => document.getElementById(id);
const [where, leave, here, log, say, state] = ["where", "leave", "here", "log", "say", "state"].map(byId);

const query = new URLSearchParams(location.search);
where.room.value = query.get("room") ?? "harbour";
where.name.value = query.get("name") ?? `guest ${Math.floor(Math.random() * 900 + 100)}`;
where.transport.checked = query.get("transport") === "longpoll";

// One connection for all channels. It comes back by itself, and they with it.
const socket = new Socket("/socket", where.transport.checked ? { transport: LongPoll } : { longPollFallbackMs: 2000 });
socket.onOpen(() => {
  // Where a WebSocket came through, one will again: a server that restarts is no reason to do without.
  if (socket.transport === WebSocket) socket.longPollFallbackMs = undefined;
});
socket.connect();

let room;
let typing = false;

function enter() {
  room?.leave();
  log.replaceChildren();
  show(false, "connecting …");
  room = socket.channel(`room:${where.room.value}`, { name: where.name.value });
  room.onError(() => show(false, "connection lost, trying again …"));
  room.onClose(() => show(false, "you have left"));
  room.on("said", ({ who, text }) => add(bold(who), `: ${text}`));
  listPresent(new Presence(room));
  // What a join receives it receives again whenever the client has come back.
  room
    .join()
    .receive("ok", () => {
      typing = false;
      show(true, `connected by ${socket.transport === LongPoll ? "longpoll" : "WebSocket"}`);
    })
    .receive("error", ({ reason }) => {
      room.leave();
      show(false, `not let in: ${reason}`);
    });
}

// Who is here: names, with a meta for each window.
function listPresent(presence) {
  let known = false;
  presence.onJoin((name, before) => known && !before && note(bold(name), " joined"));
  presence.onLeave((name, { metas }) => metas.length || note(bold(name), " left"));
  presence.onSync(() => {
    known = true;
    here.replaceChildren(...presence.list(visitor));
  });
}

function visitor(name, { metas }) {
  const item = document.createElement("li");
  item.append(name);
  if (metas.length > 1) item.append(` ×${metas.length}`);
  if (metas.some((meta) => meta.typing)) item.append(" is typing …");
  return item;
}

where.onsubmit = (event) => {
  event.preventDefault();
  history.replaceState(null, "", `?${new URLSearchParams(new FormData(where))}`);
  enter();
};

// Another transport is another connection: the page loads again with what the form says.
where.transport.onchange = () => where.submit();

leave.onclick = () => room.leave();

say.onsubmit = (event) => {
  event.preventDefault();
  room
    .push("say", { text: say.text.value })
    .receive("error", ({ reason }) => note(`not sent: ${reason}`))
    .receive("timeout", () => note("perhaps not sent: the server does not answer"));
  say.reset();
  tell(false);
};

let pause;
say.oninput = () => {
  tell(say.text.value !== "");
  clearTimeout(pause);
  pause = setTimeout(tell, 3000, false);
};

// Tells the others whether something is being typed here.
function tell(now) {
  if (typing === now || room.state !== "joined") return;
  typing = now;
  room.push("typing", { typing });
}

// Nothing can be sent while the room is closed. What is written stays.
function show(open, text) {
  state.dataset.open = open;
  state.textContent = text;
  say.send.disabled = !open;
  say.text.placeholder = open ? "Say something" : "You cannot say anything now";
  if (!open) here.replaceChildren();
}

function bold(text) {
  const name = document.createElement("b");
  name.textContent = text;
  return name;
}

function note(...parts) {
  add(...parts).className = "note";
}

function add(...parts) {
  const line = document.createElement("li");
  line.append(...parts);
  log.append(line);
  while (log.children.length > 500) log.firstChild.remove();
  follow();
  return line;
}

// Who reads the newest line goes on to, also when the list of those present takes more room.
let atEnd = true;
log.onscroll = () => {
  atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
};
new ResizeObserver(follow).observe(log);

function follow() {
  if (atEnd) log.scrollTop = log.scrollHeight;
}

enter();
