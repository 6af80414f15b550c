// One room: its past, what happens now, and what a person can do in it.

import { get, path } from "./api.js";
import { again, familyList, firstAfter, fork, parting, turner, versions } from "./branches.js";
import { deeds } from "./deeds.js";
import { keys } from "./keys.js";
import { address, badge } from "./lines.js";
import { follow } from "./live.js";
import { measures } from "./measures.js";
import { marks } from "./notes.js";
import { pace } from "./pace.js";
import { element } from "./safe.js";
import { seatDialog } from "./seat.js";
import { seatList } from "./seats.js";
import { side } from "./side.js";
import { announcer, speech } from "./speech.js";
import { Talk } from "./talk.js";
import { tinting } from "./tint.js";
import { timeline } from "./timeline.js";
import { eraseMessage, tools } from "./tools.js";
import { cost, later, some } from "./words.js";

const SETTLED = 150; // milliseconds after which events that were fetched are elements

/** Show a room in `main`; returns what leaves it. */
export async function room(main, name, tell, { server, go }) {
  const where = (...parts) => path("rooms", name, ...parts);
  const tint = tinting();
  const events = async (after, limit) => {
    const told = await get(where("events"), { after, limit });
    if (told.events.some((event) => event.type === "message.said"))
      setTimeout(() => paint(after, limit).catch((refused) => tell(refused.message)), SETTLED);
    return told;
  };
  const talk = new Talk({ fetch: events, dress, chosen: (made) => row.at(made), left: tint.wipe });
  const speaking = speech(),
    told = announcer();
  const head = element("header", { className: "head" });
  const jump = element("button", { type: "button", className: "jump", hidden: true, onclick: toEnd }, "↓ newest");
  const does = deeds(name, () => now, tell, { server, changed: () => soon(), gone: () => go("/"), fork: part });
  const kept = marks(name, does.may, () => {
    talk.redress();
    if (beside.shown === "notes") beside.draw();
  });
  const reading = pace(talk, events, announce);
  const open = (seq) => talk.goTo(seq);
  const beside = side([
    ["seats", "Seats", () => seatList(now.seats, now.speaking, inspect)],
    ["time", "Time line", () => timeline(name, now, { open, may: does.may })],
    ["measures", "Measures", () => measures(name, open)],
    ["notes", "Notes", () => kept.list(open)],
    ["forks", "Forks", () => familyList(name, family)],
  ]);
  const row = tools([
    [
      "again",
      "Have it said again, in forks (r)",
      (made) => again(name, made.told, now.seats, forked),
      (event) => does.may && event.body?.seat,
    ],
    ["fork", "Fork after this message (f)", (made) => part(made.told.seq), () => does.may],
    ["note", "Write a note (m)", (made) => kept.note(made.told.seq), () => does.may],
    ["bookmark", "Set or take away a bookmark (b)", (made) => kept.bookmark(made.told.seq), () => does.may],
    ["read on", "Read from here at reading speed", (made) => reading.from(made.told.seq)],
    ["link", "Copy this message's address", (made) => copy(made.told.seq)],
    [
      "erase",
      "Erase this message for good",
      (made) => eraseMessage(name, made.told.seq, load),
      (event) => does.may && event.body,
    ],
  ]);
  let now,
    family = { parent: null, forks: [] },
    others = new Map(),
    stop = () => {};

  talk.after.append(speaking.box);
  talk.pane.addEventListener(
    "scroll",
    () => {
      jump.hidden = talk.atEnd();
    },
    { passive: true },
  );
  talk.pane.addEventListener("pointerover", (event) => row.at(event.target.closest("li.message")));
  talk.pane.addEventListener("focusin", (event) => talk.choose(event.target.closest("li.message")));
  talk.pane.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#m"]');
    if (!link) return talk.choose(event.target.closest("li.message"));
    event.preventDefault();
    talk.goTo(Number(link.hash.slice(2)));
  });

  const seatOf = (id) => now.seats.find((seat) => seat.seat === id);
  const soon = later(120, () => refresh().catch((refused) => tell(refused.message)));
  const kin = later(300, () => relate().catch((refused) => tell(refused.message)));
  const inspect = (seat) => seatDialog(name, seatOf(seat), does.open(), soon).catch((refused) => tell(refused.message));
  const current = (deed) => () => {
    if (talk.current?.isConnected) deed(talk.current);
  };

  function dress(made, event) {
    if (event.type !== "message.said") return;
    kept.dress(made, event.seq);
    made.querySelector(":scope > .versions")?.remove();
    if (others.has(event.seq)) made.append(turner(name, others.get(event.seq)));
  }

  function forked(rooms) {
    kin();
    tell(`${some(rooms.length, "fork")} on the way; turn through them with ‹ ›`);
  }

  async function relate() {
    ({ family, found: others } = await versions(name));
    talk.redress();
    if (beside.shown === "forks") beside.draw();
  }

  function part(at) {
    fork(name, at, now.seats, ([made]) => go(at === null ? address(made) : parting(made, at)));
  }

  function copy(seq) {
    const link = `${location.origin}${address(name)}#m${seq}`;
    navigator.clipboard.writeText(link).then(
      () => tell("the address is copied"),
      () => tell(link),
    );
  }

  function toEnd() {
    talk.stuck = true;
    talk.toEnd();
  }

  function draw() {
    const line = now.line;
    head.replaceChildren(
      element(
        "div",
        { className: "title" },
        element("h1", {}, line.title || line.room),
        element(
          "p",
          {},
          badge(line),
          element(
            "span",
            {},
            [some(line.messages, "message"), some(line.tokens, "token"), cost(line)].filter(Boolean).join(" · "),
          ),
          line.parent ? element("a", { href: parting(line.parent, line.forked_at), "data-go": "" }, "a fork") : "",
          element("span", { className: "id" }, line.room),
        ),
      ),
      reading.control,
      tint.control,
      does.bar(),
    );
    if (beside.shown === "seats") beside.draw();
    does.update();
  }

  async function refresh() {
    now = await get(where());
    draw();
    if (!now.speaking || !reading.live || seatOf(now.speaking)?.waits) speaking.hush();
    else if (speaking.box.hidden) speaking.show(seatOf(now.speaking), now.spoken);
  }

  async function load() {
    stop();
    await refresh();
    await listen();
  }

  async function listen() {
    reading.begin(now.head);
    await talk.reset(now.head);
    stop = follow({ rooms: [name], after: now.position }, hear, (there) => tell(there ? "" : "connecting …"));
  }

  async function paint(after, limit) {
    const { tints } = await get(where("tint"), { after, limit });
    for (const [seq, one] of Object.entries(tints)) {
      const made = talk.find(seq);
      if (made) tint.paint(made, made.told, one);
    }
  }

  function announce(event) {
    speaking.hush();
    paint(event.seq - 1, 1).catch((refused) => tell(refused.message));
    if (event.body) told.say(seatOf(event.body.seat)?.label ?? event.body.person ?? "", event.body.text);
  }

  function hear(kind, data) {
    if (kind === "events") {
      reading.hear(data.events);
      soon();
    } else if (kind === "chunk") {
      const seat = seatOf(data.seat);
      if (!reading.live) return;
      if (!seat || !speaking.hear(seat, data))
        refresh().then(() => {
          if (now.speaking) speaking.show(seatOf(now.speaking), now.spoken);
        });
    } else if (kind === "waits") soon();
    else if (kind === "resync") load();
    else if (kind === "gone" && data.room === name) tell("this room was deleted");
  }

  main.replaceChildren(
    element(
      "div",
      { className: "room" },
      head,
      element("div", { className: "middle" }, talk.pane, jump, beside.box),
      does.composer,
      told.region,
    ),
  );
  await refresh();
  const turned = (by) => current((made) => made.querySelectorAll(".versions a")[by]?.click());
  const unkeyed = keys("A room", [
    ["j", "next message", () => talk.move(1)],
    ["k", "previous message", () => talk.move(-1)],
    ["End", "the newest", toEnd],
    [".", "next step", () => reading.next()],
    ["[", "version before", turned(0)],
    ["]", "next version", turned(1)],
    ...does.keys,
    ...(does.may
      ? [
          ["b", "bookmark", current((made) => kept.bookmark(made.told.seq))],
          ["m", "note", current((made) => kept.note(made.told.seq))],
          ["f", "fork after this message", current((made) => part(made.told.seq))],
          [
            "r",
            "have it said again",
            current((made) => {
              if (made.told.body?.seat) again(name, made.told, now.seats, forked);
            }),
          ],
        ]
      : []),
  ]);
  await listen();
  beside.draw();
  await Promise.all([kept.load(), relate()]);
  const to = location.hash.match(/^#(m|a)(\d+)$/);
  const seq = to && (to[1] === "m" ? Number(to[2]) : await firstAfter(name, Number(to[2])));
  if (seq) talk.goTo(seq);
  return () => {
    stop();
    unkeyed();
    talk.close();
    tint.close();
    reading.close();
  };
}
