// The wall: all rooms, the one that changed last on top.

import { get } from "./api.js";
import { choice } from "./dialog.js";
import { importer } from "./files.js";
import { keys } from "./keys.js";
import { address, badge } from "./lines.js";
import { follow } from "./live.js";
import { Rows } from "./rows.js";
import { drawn, element } from "./safe.js";
import { ago, brief, cost, later, some } from "./words.js";

const PHASES = ["live", "suspect", "closing", "paused", "draining", "ended", "expired", "stopped"];
const FILTERS = ["find", "phase", "scenario", "model", "why", "flagged", "label"];

function figure(number, words, kind = "") {
  return element("span", { className: `figure ${kind}` }, element("b", {}, number), element("small", {}, words));
}

/** Draw how much was new in the last messages; it has its words for those who do not see it. */
function spark(levels) {
  if (levels.length < 2) return "";
  const line = levels.map((level, place) => `${place ? "L" : "M"}${place} ${9 - level}`).join("");
  const words = `novelty of the last ${levels.length} messages, at last ${levels.at(-1)} of 9`;
  return drawn(
    "svg",
    {
      viewBox: `0 -1 ${levels.length - 1} 11`,
      preserveAspectRatio: "none",
      class: "spark",
      role: "img",
      "aria-label": words,
    },
    drawn("title", {}, words),
    drawn("path", { d: line }),
  );
}

function draw(line) {
  const labels = Object.entries(line.labels).map(([name, value]) =>
    element("span", { className: "label" }, `${name}=${value}`),
  );
  return [
    element(
      "div",
      { className: "what" },
      element("a", { href: address(line.room), "data-go": "" }, line.title || line.scenario || line.room),
      element("p", {}, badge(line), element("span", { className: "models" }, line.models.join(", ")), ...labels),
    ),
    element(
      "div",
      { className: "figures" },
      line.flags ? figure(`⚑ ${line.flags}`, line.flags === 1 ? "flag" : "flags", "flags") : "",
      spark(line.novelty),
      figure(brief(line.messages), "messages"),
      figure(brief(line.turn), "turns", "spare"),
      figure(brief(line.tokens), "tokens", "spare"),
      figure(cost(line) || "–", "cost", "spare"),
      figure(ago(line.changed_at), line.parent ? "a fork" : "changed", "when"),
    ),
  ];
}

/** Show the wall in `main`; returns what leaves it. */
export async function wall(main, tell, { server, begins }) {
  const may = server.let_in && !server.read_only;
  const words = new URLSearchParams(location.search);
  const find = element("input", {
    type: "search",
    placeholder: "Find a room",
    "aria-label": "Find a room",
    value: words.get("find") ?? "",
  });
  const label = element("input", {
    placeholder: "label",
    "aria-label": "Label, such as arm=a",
    value: words.get("label") ?? "",
  });
  const pick = (name, all) => choice([["", all]], "", { "aria-label": all, name });
  const inputs = {
    find,
    phase: pick("phase", "any state"),
    scenario: pick("scenario", "any scenario"),
    model: pick("model", "any model"),
    why: pick("why", "any end"),
    flagged: pick("flagged", "any flags"),
    label,
  };
  const known = Object.fromEntries(["phase", "scenario", "model", "why", "flagged"].map((name) => [name, new Set()]));
  const told = element("p", { className: "quiet told", role: "status" });
  let position = "";

  const query = () => Object.fromEntries(FILTERS.map((name) => [name, inputs[name].value.trim()]));
  const rows = new Rows({
    label: "Rooms",
    draw,
    key: (line) => line.room,
    fetch: async (start, limit) => {
      const page = await get("/rooms", { ...query(), start, limit });
      position ||= page.position;
      offer(page.rooms);
      told.textContent =
        page.total === 0
          ? "No rooms yet. Begin one."
          : page.fitting === page.total
            ? some(page.total, "room")
            : `${some(page.fitting, "room")} of ${page.total}`;
      return { rows: page.rooms, fitting: page.fitting };
    },
  });

  function offer(lines) {
    for (const line of lines) {
      known.scenario.add(line.scenario);
      line.models.forEach((model) => known.model.add(model));
      if (line.why) known.why.add(line.why);
    }
    for (const [name, values] of Object.entries(known)) {
      const there = new Set([...inputs[name].options].map((option) => option.value));
      for (const value of [...values].sort())
        if (value && !there.has(value)) inputs[name].append(element("option", { value }, value));
    }
  }

  function changed() {
    const kept = new URLSearchParams(Object.entries(query()).filter(([, value]) => value));
    history.replaceState({}, "", kept.size ? `/?${kept}` : "/");
    rows.load();
  }

  inputs.flagged.append(element("option", { value: "true" }, "flagged"));
  PHASES.forEach((phase) => known.phase.add(phase));
  for (const name of Object.keys(known)) if (words.get(name)) known[name].add(words.get(name));
  offer([]);
  for (const name of Object.keys(known)) inputs[name].value = words.get(name) ?? "";
  const soon = later(150, changed),
    again = later(1_000, () => rows.load(true));
  find.addEventListener("input", soon);
  label.addEventListener("input", soon);
  for (const name of Object.keys(known)) inputs[name].addEventListener("change", changed);
  main.replaceChildren(
    element(
      "div",
      { className: "wall" },
      element(
        "header",
        { className: "bar" },
        element("h1", {}, "Rooms"),
        told,
        may
          ? element(
              "div",
              { className: "deeds" },
              ...importer(),
              element("button", { type: "button", className: "main", onclick: begins }, "Begin a room"),
            )
          : "",
      ),
      element("div", { className: "filters", role: "search" }, ...FILTERS.map((name) => inputs[name])),
      rows.pane,
    ),
  );
  const unkeyed = keys("The wall", [
    ["j", "next room", () => rows.move(1)],
    ["k", "previous room", () => rows.move(-1)],
    ["ArrowDown", "", () => rows.move(1)],
    ["ArrowUp", "", () => rows.move(-1)],
    ["PageDown", "", () => rows.move(10)],
    ["PageUp", "", () => rows.move(-10)],
    ["Home", "the top", () => rows.move(-Infinity)],
    ["End", "the bottom", () => rows.move(Infinity)],
    ["f", "find a room", () => find.focus()],
    ...(may ? [["n", "begin a room", begins]] : []),
  ]);
  await rows.load();

  const unheard = follow(
    { wall: true, after: position },
    (kind, data) => {
      if (kind === "rooms") {
        const moved = data.rooms.filter((line) => !rows.change(line));
        if (moved.length) again();
      } else if (kind === "resync" || kind === "gone") again();
    },
    (there) => tell(there ? "" : "connecting …"),
  );
  return () => {
    unheard();
    unkeyed();
    rows.close();
  };
}
