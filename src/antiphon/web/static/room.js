// One room: its past, what happens now, and what a person can do in it.

import { get, path, post } from "./api.js";
import { follow } from "./live.js";
import { element, item } from "./safe.js";

const STRETCH = 200;

/** Show a room in `main`; returns what leaves it. */
export async function room(main, name, tell) {
  const head = element("header", { className: "head" });
  const older = element("button", { type: "button", hidden: true, onclick: showOlder }, "Earlier");
  const list = element("ol", { className: "talk", "aria-label": "Conversation" });
  const speech = element("p", { className: "speech quiet", "aria-live": "off" });
  const text = element("textarea", { rows: 2, placeholder: "Say something", "aria-label": "Say something" });
  const form = element("form", { className: "say", onsubmit: say }, text, element("button", {}, "Say"));
  const deeds = element("p", { className: "deeds" },
    ...["pause", "resume", "end"].map((verb) => element("button", { type: "button", onclick: () => act(verb) }, verb)));
  main.replaceChildren(head, deeds, older, list, speech, form);
  let now, first, last, stop = () => {};

  async function act(verb, body = {}) {
    try {
      await post(path("rooms", name, verb), body);
    } catch (refused) {
      tell(refused.message);
    }
  }

  async function say(event) {
    event.preventDefault();
    const words = text.value;
    if (!words.trim()) return;
    text.value = "";
    await act("say", { text: words });
  }

  function add(told) {
    const fresh = told.filter((event) => event.seq > last);
    for (const event of fresh) {
      last = event.seq;
      if (event.html) list.append(item(event.html));
    }
    if (fresh.length) refresh();
  }

  async function refresh() {
    now = await get(path("rooms", name));
    const line = now.line;
    head.replaceChildren(
      element("h1", {}, line.title || line.room),
      element("p", { className: "quiet" }, `${line.room} · ${now.phase}${now.why ? ` (${now.why})` : ""} · ` +
        `${line.messages} messages · ${line.tokens} tokens`),
      element("ul", { className: "seats" }, ...now.seats.map((seat) =>
        element("li", { className: `c${seat.colour}` }, element("b", {}, seat.label), ` ${seat.display}`,
          seat.muted ? " muted" : "", seat.left ? " left" : ""))));
    speech.textContent = now.speaking ? `${label(now.speaking)} is speaking … ${now.spoken}` : "";
  }

  const label = (seat) => now.seats.find((one) => one.seat === seat)?.label ?? seat;

  async function load() {
    stop();
    await refresh();
    const told = await get(path("rooms", name, "events"), { limit: STRETCH });
    list.replaceChildren();
    first = told.first;
    last = told.first - 1;
    for (const event of told.events) {
      last = event.seq;
      if (event.html) list.append(item(event.html));
    }
    older.hidden = first <= 1;
    stop = follow({ rooms: [name], after: now.position }, hear, (there) => tell(there ? "live" : "connecting …"));
  }

  async function showOlder() {
    const told = await get(path("rooms", name, "events"), { before: first, limit: STRETCH });
    first = told.first;
    list.prepend(...told.events.filter((event) => event.html).map((event) => item(event.html)));
    older.hidden = first <= 1;
  }

  function hear(kind, data) {
    if (kind === "events") add(data.events);
    else if (kind === "chunk") speech.textContent = `${label(data.seat)} is speaking … ${data.text.slice(-200)}`;
    else if (kind === "waits") tell(`${label(data.seat)} waits for your words`);
    else if (kind === "resync") load();
    else if (kind === "gone") tell("this room was deleted");
  }

  await load();
  return () => stop();
}
