// Two rooms side by side: how much they share, where they part, and how each goes on.

import { get, path } from "./api.js";
import { keys } from "./keys.js";
import { element, item } from "./safe.js";
import { address, badge } from "./lines.js";
import { some } from "./words.js";

const STRETCH = 60;

async function side(name, from) {
  const now = await get(path("rooms", name));
  let after = from === null ? now.head : from - 1;
  return {
    now,
    from,
    async more() {
      if (after >= now.head) return [];
      const told = await get(path("rooms", name, "events"), { after, limit: STRETCH * 3, type: "message.said" });
      after = told.last;
      return told.events;
    },
  };
}

function head({ now, from }, other) {
  const seats = now.seats.map((seat) =>
    element(
      "li",
      { className: `c${seat.colour}` },
      element("b", {}, seat.label),
      ` ${[seat.display === seat.label ? "" : seat.display, seat.temperature === null ? "" : `temperature ${seat.temperature}`, seat.layers ? some(seat.layers, "layer") : ""].filter(Boolean).join(" · ")}`,
    ),
  );
  return element(
    "section",
    { "aria-label": now.line.room },
    element(
      "h2",
      {},
      element(
        "a",
        { href: from === null ? address(now.line.room) : `${address(now.line.room)}#m${from}`, "data-go": "" },
        now.line.room,
      ),
    ),
    element(
      "p",
      { className: "quiet" },
      badge(now.line),
      ` · ${some(now.line.messages, "message")}${now.line.parent === other ? ", a fork of the other" : ""}`,
    ),
    element("ul", { className: "who" }, ...seats),
  );
}

function cell(event, first) {
  if (!event?.html) return element("div");
  const made = item(event.html);
  made.removeAttribute("id");
  if (first) made.prepend(element("p", { className: "parts" }, "Here they part"));
  return element("ol", { className: `block ${first ? "first" : ""}` }, made);
}

/** Show two rooms in `main`; returns what leaves them. */
export async function compare(main, one, other) {
  const found = await get(path("rooms", one, "compare", other));
  const sides = [await side(one, found.first), await side(other, found.second)];
  const list = element("ol", { className: "pairs", "aria-label": "Messages side by side" });
  const button = element("button", { type: "button", onclick: () => more() }, "More");
  const waiting = [[], []];
  let pairs = 0;

  async function more() {
    for (const [place, from] of sides.entries()) waiting[place].push(...(await from.more()));
    const count = Math.max(...waiting.map((events) => events.length));
    for (let place = 0; place < Math.min(count, STRETCH); place += 1) {
      const pair = waiting.map((events) => events.shift());
      list.append(element("li", { className: "pair" }, ...pair.map((event) => cell(event, pairs === 0))));
      pairs += 1;
    }
    button.hidden = !waiting.some((events) => events.length);
  }

  main.replaceChildren(
    element(
      "div",
      { className: "pane compare", tabindex: "-1" },
      element("h1", {}, "Two rooms"),
      element("div", { className: "pair heads" }, head(sides[0], other), head(sides[1], one)),
      element(
        "p",
        { className: "equal" },
        found.first === null && found.second === null
          ? `All ${some(found.equal, "message")} are equal`
          : found.equal
            ? `${some(found.equal, "message")} at the beginning ${found.equal === 1 ? "is" : "are"} equal`
            : "They differ from the first message on",
      ),
      list,
      button,
    ),
  );
  await more();
  return keys("Two rooms", [
    ["j", "", () => main.firstChild.scrollBy(0, 300)],
    ["k", "", () => main.firstChild.scrollBy(0, -300)],
  ]);
}
