// One room: its past, what happens now, and what a person can do in it.

import { get, path } from "./api.js";
import { deeds } from "./deeds.js";
import { keys } from "./keys.js";
import { follow } from "./live.js";
import { element } from "./safe.js";
import { seatList } from "./seats.js";
import { announcer, speech } from "./speech.js";
import { Talk } from "./talk.js";
import { badge } from "./wall.js";
import { cost, later, some } from "./words.js";

/** Show a room in `main`; returns what leaves it. */
export async function room(main, name, tell, { server }) {
  const where = (...parts) => path("rooms", name, ...parts);
  const talk = new Talk({ fetch: (after, limit) => get(where("events"), { after, limit }) });
  const speaking = speech(), told = announcer();
  const head = element("header", { className: "head" }), side = element("aside", { className: "side", "aria-label": "About this room" });
  const jump = element("button", { type: "button", className: "jump", hidden: true, onclick: toEnd }, "↓ newest");
  const does = deeds(name, () => now, tell, { server, changed: () => soon() });
  let now, stop = () => {};

  talk.after.append(speaking.box);
  talk.pane.addEventListener("scroll", () => { jump.hidden = talk.atEnd(); }, { passive: true });
  talk.pane.addEventListener("focusin", (event) => talk.choose(event.target.closest?.("li.message")));
  talk.pane.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#m"]');
    if (link) {
      event.preventDefault();
      talk.goTo(Number(link.hash.slice(2)));
    } else talk.choose(event.target.closest("li.message"));
  });

  const seatOf = (id) => now.seats.find((seat) => seat.seat === id);
  const soon = later(120, () => refresh().catch((refused) => tell(refused.message)));

  function toEnd() {
    talk.stuck = true;
    talk.toEnd();
  }

  function draw() {
    const line = now.line;
    head.replaceChildren(
      element("div", { className: "title" }, element("h1", {}, line.title || line.room),
        element("p", {}, badge(line), element("span", {}, [some(line.messages, "message"), some(line.tokens, "token"), cost(line)].filter(Boolean).join(" · ")),
          element("span", { className: "id" }, line.room))),
      does.bar());
    side.replaceChildren(element("h2", {}, "Seats"), seatList(now.seats, now.speaking, (seat) => does.seat(seat)));
    does.update();
  }

  async function refresh() {
    now = await get(where());
    draw();
    if (!now.speaking) speaking.hush();
    else if (speaking.box.hidden) speaking.show(seatOf(now.speaking), now.spoken);
  }

  async function load() {
    stop();
    await refresh();
    await talk.reset(now.head);
    stop = follow({ rooms: [name], after: now.position }, hear, (there) => tell(there ? "" : "connecting …"));
  }

  function hear(kind, data) {
    if (kind === "events") {
      for (const event of talk.grow(data.events)) {
        if (event.type !== "message.said" || !event.body) continue;
        speaking.hush();
        told.say(seatOf(event.body.seat)?.label ?? event.body.person ?? "", event.body.text);
      }
      soon();
    } else if (kind === "chunk") {
      const seat = seatOf(data.seat);
      if (!seat || !speaking.hear(seat, data)) refresh().then(() => speaking.show(seatOf(now.speaking), now.spoken));
    } else if (kind === "waits") soon();
    else if (kind === "resync") load();
    else if (kind === "gone") tell("this room was deleted");
  }

  main.replaceChildren(element("div", { className: "room" }, head,
    element("div", { className: "middle" }, talk.pane, jump, side), does.composer, told.region));
  await load();
  const seq = location.hash.match(/^#m(\d+)$/);
  if (seq) talk.goTo(Number(seq[1]));
  const unkeyed = keys("A room", [
    ["j", "next message", () => talk.move(1)], ["k", "previous message", () => talk.move(-1)],
    ["End", "the newest", toEnd], ...does.keys,
  ]);
  return () => { stop(); unkeyed(); talk.close(); };
}
