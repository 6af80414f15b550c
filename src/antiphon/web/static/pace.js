// Sets the pace at which a room is read: as it comes, at reading speed, or step by step. It holds messages back; it
// never holds the room up.

import { choice } from "./dialog.js";
import { element } from "./safe.js";

const WORDS_A_SECOND = 4;
const LEAST = 1_000; // milliseconds for the shortest message
const STRETCH = 60;

/** Make the pace of a scroll; `fetch(after, limit)` gives events, `shown(event)` is told each message that appears. */
export function pace(talk, fetch, shown) {
  let known = 0,
    mode = "comes",
    wake = () => {},
    left = false;
  const select = choice(
    [
      ["comes", "as it comes"],
      ["reads", "reading speed"],
      ["steps", "step by step"],
    ],
    mode,
    { "aria-label": "Pace", onchange: () => set(select.value) },
  );
  const step = element("button", { type: "button", hidden: true, onclick: () => next() }, "Next");

  function set(to) {
    mode = select.value = to;
    step.hidden = mode !== "steps";
    if (mode === "comes") talk.extend(known);
    if (mode === "reads") read();
    wake();
  }

  async function next() {
    const told = talk.head < known ? (await fetch(talk.head, Math.min(STRETCH, known - talk.head))).events : [];
    const end = told.findIndex((event) => event.type === "message.said");
    const fresh = talk.grow(end < 0 ? told : told.slice(0, end + 1));
    if (end < 0) return told.length ? next() : null;
    shown(fresh.at(-1) ?? told[end]);
    talk.find(told[end].seq)?.scrollIntoView({ block: "nearest" });
    return told[end];
  }

  async function read() {
    while (mode === "reads" && !left) {
      const event = await next();
      const words = event?.body?.text.split(/\s+/).length ?? 0;
      await new Promise((done) => {
        wake = done;
        if (event) setTimeout(done, Math.max(LEAST, (words / WORDS_A_SECOND) * 1_000));
      });
    }
  }

  return {
    control: element("div", { className: "pace" }, select, step),
    next,
    set,
    /** Tell whether the newest is in sight as it comes. */
    get live() {
      return mode === "comes";
    },
    begin(head) {
      known = head;
    },
    hear(events) {
      known = Math.max(known, events.at(-1)?.seq ?? 0);
      if (mode !== "comes") return mode === "reads" && talk.head >= (events[0]?.seq ?? 0) - 1 ? wake() : undefined;
      talk
        .grow(events)
        .filter((event) => event.type === "message.said")
        .forEach(shown);
    },
    /** Read a room again from a message on. */
    from(seq) {
      talk.cut(seq);
      set("reads");
    },
    close() {
      left = true;
      wake();
    },
  };
}
