// The wall: all rooms, the one that changed last on top.

import { get } from "./api.js";
import { follow } from "./live.js";
import { element } from "./safe.js";

const number = new Intl.NumberFormat("en");

function state(line) {
  if (line.trouble) return `stopped: ${line.trouble}`;
  if (line.stopped) return `${line.phase}, stopped`;
  return line.why && line.phase !== "live" ? `${line.phase}: ${line.why}` : line.phase;
}

function cost(line) {
  return [line.cost ? `$${line.cost.toFixed(2)}` : "", line.cost_unknown ? "unknown" : ""].filter(Boolean).join(" + ");
}

function row(line) {
  const where = `/rooms/${encodeURIComponent(line.room)}`;
  return element("li", { className: `card ${line.phase}`, "data-room": line.room },
    element("a", { href: where, "data-go": "" }, line.title || line.scenario || line.room),
    element("span", { className: "state" }, state(line)),
    element("span", { className: "quiet" }, line.models.join(", ")),
    element("span", { className: "numbers" },
      `${number.format(line.messages)} messages · ${number.format(line.tokens)} tokens ${cost(line) && `· ${cost(line)}`}`),
    element("span", { className: "quiet" }, line.room));
}

/** Show the wall in `main`; returns what leaves it. */
export async function wall(main, tell) {
  const list = element("ol", { className: "wall", "aria-label": "Rooms" });
  const find = element("input", { type: "search", placeholder: "Find a room", "aria-label": "Find a room" });
  main.replaceChildren(element("h1", {}, "Rooms"), find, list);
  let position = "";
  async function load() {
    const page = await get("/rooms", { find: find.value, limit: 200 });
    position = page.position;
    list.replaceChildren(...page.rooms.map(row));
    if (!page.rooms.length) list.append(element("li", { className: "quiet" }, page.total ? "No room fits." : "No rooms yet."));
    tell(`${page.fitting} of ${page.total} rooms`);
  }
  await load();
  find.addEventListener("input", () => load());
  const stop = follow({ wall: true, after: position }, (kind, data) => {
    if (kind === "rooms" && !find.value) {
      for (const line of data.rooms) {
        list.querySelector(`[data-room="${CSS.escape(line.room)}"]`)?.remove();
        list.prepend(row(line));
      }
    } else if (kind === "resync" || kind === "gone") load();
  });
  return stop;
}
