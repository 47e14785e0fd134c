"use strict";
(() => {
  const KEPT = 600;
  const WIDTH = 600;
  const { socket: path, token } = document.body.dataset;
  const samples = [];
  let started = null;
  let lines = null;
  let missed = 0;
  let pointed = null;

  const byId = (id) => document.getElementById(id);

  /** An element: `h("td", {class: "number"}, "1")`. Children are nodes or text, never HTML. */
  function h(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value != null) element.setAttribute(key, value);
    }
    element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
    return element;
  }

  function svg(name, attributes = {}) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  // Numbers for people.

  function count(number) {
    if (number >= 1e6) return `${(number / 1e6).toFixed(number < 1e7 ? 1 : 0)}M`;
    if (number >= 1e4) return `${(number / 1e3).toFixed(number < 1e5 ? 1 : 0)}k`;
    return number < 10 && number % 1 ? number.toFixed(1) : Math.round(number).toLocaleString("en");
  }

  function bytes(number) {
    for (const unit of ["B", "KB", "MB", "GB"]) {
      if (number < 1000) return `${number < 10 && unit !== "B" ? number.toFixed(1) : Math.round(number)} ${unit}`;
      number /= 1024;
    }
    return `${number.toFixed(1)} TB`;
  }

  function micros(number) {
    if (number < 1000) return `${Math.round(number)} µs`;
    if (number < 1e6) return `${(number / 1000).toFixed(number < 1e4 ? 1 : 0)} ms`;
    return `${(number / 1e6).toFixed(1)} s`;
  }

  function seconds(number) {
    if (number < 60) return `${Math.round(number)} s`;
    if (number < 3600) return `${Math.floor(number / 60)} min`;
    if (number < 86400) return `${Math.floor(number / 3600)} h ${Math.floor((number % 3600) / 60)} min`;
    return `${Math.floor(number / 86400)} d ${Math.floor((number % 86400) / 3600)} h`;
  }

  const percent = (number) => `${number < 10 ? number.toFixed(1) : Math.round(number)} %`;
  const clock = (at) => new Date(at).toLocaleTimeString("en-GB");

  // Charts.

  const CHARTS = [
    { title: "Open sockets", format: count, series: [{ key: "sockets" }] },
    { title: "Messages a second", format: count, series: [{ key: "messages_in", name: "in" }, { key: "messages_out", name: "out" }] },
    { title: "Callbacks return within", format: micros, series: [{ key: "half", name: "half" }, { key: "most", name: "99 %" }] },
    { title: "Processor", format: percent, series: [{ key: "cpu" }] },
    { title: "Memory", format: bytes, series: [{ key: "memory" }] },
  ];
  const CLASSES = ["one", "two"];

  function chart({ title, format, series }) {
    const numbers = series.map(({ name }, index) => {
      const text = document.createTextNode("–");
      return { text, span: h("span", { class: series.length > 1 ? CLASSES[index] : "" }, text, name ? h("i", {}, name) : null) };
    });
    const drawing = svg("svg", { viewBox: "0 0 600 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    drawing.append(svg("line", { x1: 0, x2: 600, y1: 100, y2: 100 }), svg("line", { x1: 0, x2: 600, y1: 0, y2: 0 }));
    const shapes = series.map((_, index) => {
      const area = svg("polygon", { class: CLASSES[index] });
      const edge = svg("polyline", { class: CLASSES[index] });
      drawing.append(area, edge);
      return { area, edge };
    });
    const at = svg("line", { class: "at", y1: 0, y2: 100, visibility: "hidden" });
    drawing.append(at);
    const top = h("span", { class: "top" });
    const since = h("span", {}, "");
    const when = h("span", {}, "now");
    const figure = h(
      "figure", { class: "card chart" },
      h("h2", {}, title),
      h("div", { class: "now" }, numbers.map(({ span }) => span)),
      h("div", { class: "plot" }, drawing, top),
      h("div", { class: "span" }, since, when),
    );
    drawing.addEventListener("pointermove", (event) => {
      const box = drawing.getBoundingClientRect();
      pointed = Math.min(WIDTH, Math.max(0, ((event.clientX - box.left) / box.width) * WIDTH));
      draw();
    });
    drawing.addEventListener("pointerleave", () => { pointed = null; draw(); });
    byId("charts").append(figure);
    return () => {
      const last = samples.at(-1);
      if (!last) return;
      // A young process fills the chart, too.
      const minutes = Math.min(10, Math.max(1, Math.ceil((last.at - samples[0].at) / 60_000)));
      const place = (sample) => WIDTH * (1 - (last.at - sample.at) / (minutes * 60_000));
      const seen = samples.filter((sample) => place(sample) >= 0);
      const shown = pointed == null ? last : seen.reduce((near, sample) =>
        Math.abs(place(sample) - pointed) < Math.abs(place(near) - pointed) ? sample : near, last);
      const most = Math.max(1e-9, ...seen.flatMap((sample) => series.map(({ key }) => sample[key] ?? 0)));
      const scale = above(most, format === bytes);
      series.forEach(({ key }, index) => {
        const known = seen.filter((sample) => sample[key] != null);
        const points = known.map((sample) => `${place(sample).toFixed(1)},${(100 - (sample[key] / scale) * 100).toFixed(1)}`);
        const { area, edge } = shapes[index];
        edge.setAttribute("points", points.join(" "));
        const [first, end] = [known[0], known.at(-1)];
        area.setAttribute("points", first ? `${place(first).toFixed(1)},100 ${points.join(" ")} ${place(end).toFixed(1)},100` : "");
        numbers[index].text.data = shown[key] == null ? "not known" : format(shown[key]);
      });
      top.textContent = format(scale);
      since.textContent = `${minutes} min ago`;
      when.textContent = shown === last ? "now" : clock(shown.at);
      at.setAttribute("visibility", shown === last ? "hidden" : "visible");
      at.setAttribute("x1", place(shown));
      at.setAttribute("x2", place(shown));
    };
  }

  /** The next round number. */
  function above(number, isBytes) {
    const unit = isBytes ? 1024 ** Math.floor(Math.log(Math.max(1, number)) / Math.log(1024)) : 1;
    const power = 10 ** Math.floor(Math.log10(number / unit));
    const step = [1, 1.5, 2, 3, 4, 5, 7.5, 10].find((step) => step * power * unit >= number * 1.02) ?? 10;
    return step * power * unit;
  }

  const drawings = CHARTS.map(chart);
  const draw = () => drawings.forEach((drawing) => drawing());

  // The socket.

  const socket = new Phoenix.Socket(path, { params: { token } });
  const channel = socket.channel("phoenix:dashboard", {});

  function state(name, text) {
    byId("state").dataset.state = name;
    byId("state").textContent = text;
  }

  socket.onOpen(() => state("waits", "connecting"));
  socket.onClose(() => state("lost", "connection lost"));
  socket.onError(async () => {
    state("lost", "connection lost");
    // After a new start of the endpoint, its page has another token.
    const page = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (page?.ok && !(await page.text()).includes(token)) location.reload();
  });

  /** Asks for something. Rejects if there is no answer. */
  function ask(event, payload = {}) {
    return new Promise((resolve, reject) => {
      channel.push(event, payload, 5000).receive("ok", resolve).receive("error", reject).receive("timeout", reject);
    });
  }

  channel.on("tick", ({ sample, lines: news, missed: more }) => {
    samples.push(sample);
    while (samples.length > KEPT) samples.shift();
    if (lines) {
      lines.push(...news);
      missed += more;
      while (lines.length > 500) lines.shift();
    }
    about();
    if (!document.hidden) draw();
    if (tab === "log" && news.length) show();
  });

  let told = {};
  function about() {
    const now = samples.at(-1)?.at ?? Date.now();
    const parts = [told.node && `node ${told.node}`, `landfall ${told.version}`, started && `running for ${seconds((now - started) / 1000)}`];
    byId("about").textContent = parts.filter(Boolean).join(" · ");
  }

  channel.join()
    .receive("ok", (answer) => {
      told = answer;
      started = answer.started;
      samples.splice(0, samples.length, ...answer.samples);
      lines = answer.lines;
      state("live", "live");
      about();
      draw();
      refresh();
    })
    .receive("error", () => state("lost", "refused"));
  channel.onError(() => state("lost", "connection lost"));
  socket.connect();

  // Lists.

  let tab = "sockets";
  let begins = [null];
  let opened = null;
  let sure = null;
  let asked = 0;

  function table(columns, rows) {
    const head = columns.map(({ name, kind }) => h("th", { class: kind, scope: "col" }, name));
    return h("div", { class: "scrolls" }, h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)));
  }

  function row(columns, cells) {
    return h("tr", {}, cells.map((cell, index) => h("td", { class: columns[index].kind, "data-name": columns[index].name }, h("div", {}, cell))));
  }

  const column = (name, kind = "") => ({ name, kind });
  const opens = (key, text, label) => h("button", {
    class: "plain", "data-key": `open ${key}`, "aria-expanded": String(opened === key), "aria-label": label,
    onclick: () => { opened = opened === key ? null : key; refresh(); },
  }, text);
  const detail = (columns, ...content) => h("tr", {}, h("td", { class: "wide", colspan: columns.length }, content));

  function endButton(id) {
    const isSure = sure === id;
    return h("button", {
      class: "cut", "data-key": `end ${id}`, "data-sure": isSure, "aria-label": `end socket ${id}`,
      onclick: async () => {
        if (sure !== id) {
          sure = id;
          setTimeout(() => { if (sure === id) { sure = null; refresh(); } }, 4000);
        } else {
          sure = null;
          await ask("disconnect", { id }).catch(() => {});
        }
        refresh();
      },
    }, isSure ? "really?" : "disconnect");
  }

  const SOCKETS = [column("client"), column("mount"), column("open", "number"), column("topics", "number"),
    column("in", "number"), column("out", "number"), column("waiting", "number"), column("", "end")];

  const traffic = (number, size) => [count(number), h("small", {}, bytes(size))];

  async function sockets() {
    const page = await ask("sockets", { from: begins.at(-1) });
    const rows = [];
    for (const one of page.items) {
      const busy = one.busy != null && h("small", {}, `in a callback for ${seconds(one.busy)}`);
      rows.push(row(SOCKETS, [
        [opens(one.id, one.peer ?? "unknown", `topics of socket ${one.id}`), h("small", { class: "mono" }, one.id)],
        [h("span", {}, one.socket), h("small", {}, `${one.path} · ${one.transport}`)],
        [seconds(one.open), busy],
        count(one.topics),
        traffic(one.messages_in, one.bytes_in),
        traffic(one.messages_out, one.bytes_out),
        bytes(one.waiting),
        one.ending ? h("small", {}, "ending") : endButton(one.id),
      ]));
      if (opened === one.id) {
        const { items } = await ask("topics_of", { id: one.id });
        const topics = items.map(({ topic, channel }) => h("span", { class: "badge" }, channel ? `${topic} · ${channel}` : topic));
        rows.push(detail(SOCKETS, topics.length ? topics : h("small", {}, "in no topic"),
          h("small", {}, `messages counted for ${seconds(one.counted)}, since somebody looked`)));
      }
    }
    return [rows.length ? table(SOCKETS, rows) : empty("No socket is open."), more(page.next)];
  }

  const TOPICS = [column("topic"), column("channel"), column("subscriptions", "number")];

  async function channels() {
    const page = await ask("topics", { after: begins.at(-1) ?? "" });
    const rows = [];
    for (const { topic, channel: served, members } of page.items) {
      rows.push(row(TOPICS, [opens(topic, topic, `members of ${topic}`), served ?? "–", count(members)]));
      if (opened === topic) {
        const { items, next } = await ask("members", { topic });
        const badges = items.map(({ id, peer, socket: type }) => h("span", { class: "badge" }, type ? `${peer ?? "unknown"} · ${type}` : `no socket · ${id}`));
        rows.push(detail(TOPICS, badges, next != null && h("small", {}, "and more")));
      }
    }
    return [rows.length ? table(TOPICS, rows) : empty("No topic has subscribers."), more(page.next)];
  }

  const PRESENCE = [column("topic"), column("present", "number")];

  async function presence() {
    const page = await ask("presence", { after: begins.at(-1) ?? "" });
    const rows = [];
    for (const { topic, present } of page.items) {
      rows.push(row(PRESENCE, [opens(topic, topic, `who is in ${topic}`), count(present)]));
      if (opened === topic) {
        const { items, more: others } = await ask("present", { topic });
        const badges = items.map(({ key, metas }) => h("span", { class: "badge" }, metas > 1 ? `${key} × ${metas}` : key));
        rows.push(detail(PRESENCE, badges, others > 0 && h("small", {}, `and ${count(others)} more`)));
      }
    }
    return [rows.length ? table(PRESENCE, rows) : empty("Nobody is tracked."), more(page.next)];
  }

  const NODES = [column("node"), column("landfall"), column("running", "number")];

  async function nodes() {
    const { items } = await ask("nodes");
    const rows = items.map(({ name, version, since, here }) =>
      row(NODES, [[name, here && h("small", {}, "this one")], version, seconds((Date.now() - since) / 1000)]));
    return [rows.length ? table(NODES, rows) : empty("This endpoint is alone: its pubsub has no broker.")];
  }

  function log() {
    if (!lines) return [empty("No log lines: the subscriber has no landfall::dashboard::LogLines layer.")];
    if (!lines.length) return [empty("Nothing was logged so far.")];
    const items = lines.toReversed().map(({ at, level, target, text }) => h(
      "li", { class: `mono ${level}` },
      h("time", {}, clock(at)), h("span", { class: "level" }, level),
      h("span", { class: "text" }, text, " ", h("small", {}, target)),
    ));
    return [h("ol", { class: "lines" }, items), missed > 0 && h("p", { class: "more" }, `${count(missed)} lines came too fast to be shown`)];
  }

  const empty = (text) => h("p", { class: "empty" }, text);

  function more(next) {
    const turn = (change) => () => { change(); opened = null; refresh(); };
    const back = begins.length > 1 && h("button", { "data-key": "back", onclick: turn(() => begins.pop()) }, "back");
    const on = next != null && h("button", { "data-key": "more", onclick: turn(() => begins.push(next)) }, "more");
    return (back || on) && h("p", { class: "more" }, begins.length > 1 && `page ${begins.length}`, back, on);
  }

  const LISTS = { sockets, channels, presence, nodes, log };

  function put(content) {
    const focused = document.activeElement?.dataset?.key;
    const [list, scrolled] = [byId("list"), document.querySelector(".lines")?.scrollTop ?? 0];
    list.replaceChildren(h("div", { class: "card" }, content));
    const scrolls = document.querySelector(".lines");
    if (scrolls) scrolls.scrollTop = scrolled;
    if (focused) [...list.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused)?.focus();
  }

  const show = () => put(log());

  /** Asks for the list anew, and shows it unless another one was asked for meanwhile. */
  async function refresh() {
    const own = ++asked;
    try {
      const content = await LISTS[tab]();
      if (own === asked) put(content);
    } catch {
      // The next one may get an answer.
    }
  }

  for (const button of document.querySelectorAll("nav button")) {
    button.addEventListener("click", () => {
      tab = button.dataset.tab;
      [begins, opened, sure] = [[null], null, null];
      for (const one of document.querySelectorAll("nav button")) one.setAttribute("aria-selected", String(one === button));
      byId("list").setAttribute("aria-labelledby", button.id);
      refresh();
    });
  }
  setInterval(() => {
    if (!document.hidden && tab !== "log" && socket.isConnected() && channel.state === "joined") refresh();
  }, 2000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { draw(); refresh(); } });
})();
