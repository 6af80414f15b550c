// Forks: the other versions of a message, saying it anew, parting from here, and the room's family.

import { get, path, post } from "./api.js";
import { choice, dialog, field } from "./dialog.js";
import { element } from "./safe.js";
import { models } from "./seat.js";
import { ago, some } from "./words.js";
import { address, badge } from "./lines.js";

const FAR = 40; // events after a fork among which its first message is

/** Give the address of the place where a room parts from another. */
export const parting = (room, at) => `${address(room)}#a${at}`;

/** Find a room's first message after an event. */
export async function firstAfter(room, at) {
  const { events } = await get(path("rooms", room, "events"), { after: at, limit: FAR, type: "message.said" });
  return events[0]?.seq ?? null;
}

/** Find which messages of a room have other versions: message -> {rooms, place, at}. */
export async function versions(name) {
  const family = await get(path("rooms", name, "family"));
  const groups = new Map();
  for (const fork of family.forks) groups.set(fork.forked_at, [...(groups.get(fork.forked_at) ?? [name]), fork.room]);
  if (family.parent) {
    const elder = await get(path("rooms", family.parent.room, "family"));
    const at = elder.forks.find((fork) => fork.room === name)?.forked_at;
    const all = [family.parent.room, ...elder.forks.filter((fork) => fork.forked_at === at).map((fork) => fork.room)];
    if (at !== undefined && !groups.has(at)) groups.set(at, all);
  }
  const found = new Map();
  for (const [at, rooms] of groups) {
    const seq = await firstAfter(name, at);
    if (seq !== null) found.set(seq, { rooms, place: rooms.indexOf(name), at });
  }
  return { family, found };
}

/** Draw ‹ 2/3 ›. */
export function turner(name, { rooms, place, at }) {
  const to = (by) => parting(rooms[(place + by + rooms.length) % rooms.length], at);
  const other = rooms[place ? 0 : rooms.length - 1];
  return element(
    "nav",
    { className: "versions", "aria-label": "Other versions" },
    element("a", { href: to(-1), "data-go": "", "aria-label": "Version before" }, "‹"),
    ` ${place + 1}/${rooms.length} `,
    element("a", { href: to(1), "data-go": "", "aria-label": "Next version" }, "›"),
    element("a", { href: `${address(name)}/compare/${encodeURIComponent(other)}`, "data-go": "" }, "compare"),
  );
}

/** Draw a room's parent and forks. */
export function familyList(name, { parent, forks }) {
  const row = (line, words) =>
    element(
      "li",
      {},
      element("a", { href: parting(line.room, line.forked_at), "data-go": "" }, line.room),
      element(
        "p",
        { className: "quiet" },
        words,
        badge(line),
        ` ${some(line.messages, "message")} · ${ago(line.changed_at)} · `,
        element("a", { href: `${address(name)}/compare/${encodeURIComponent(line.room)}`, "data-go": "" }, "compare"),
      ),
    );
  if (!parent && !forks.length)
    return [element("p", { className: "quiet" }, "No forks. Fork at a message, or have one said again.")];
  return [
    element(
      "ul",
      { className: "family" },
      parent ? row(parent, "parent ") : "",
      ...forks.map((fork) => row(fork, `after ${fork.forked_at} `)),
    ),
  ];
}

function consent() {
  const box = element("input", { type: "checkbox" });
  return {
    box,
    row: element(
      "p",
      { className: "check" },
      element("label", {}, box, " It may cost money; I saw the room's ceilings."),
    ),
  };
}

/** Have a message said anew; `done(rooms)` is told the forks. */
export async function again(name, event, seats, done) {
  const seat = seats.find((one) => one.seat === event.body.seat);
  const count = element("input", { type: "number", min: 1, max: 8, value: 2 }),
    pick = await models("", `${seat?.display ?? "the same model"} (as it was)`);
  const warmth = element("input", { type: "number", min: 0, max: 2, step: 0.1, placeholder: "as it was" });
  const money = consent(),
    free = seat?.free ?? false;
  dialog(
    `Say again: ${seat?.label ?? ""}`,
    [
      element("p", { className: "quiet" }, "Each answer is a fork that waits after it; turn through them with ‹ ›."),
      element("div", { className: "pairs" }, field("How often", count), field("Temperature", warmth)),
      field("By whom", pick),
      free ? "" : money.row,
    ],
    [
      [
        "Say again",
        async () => {
          const made = await post(path("rooms", name, "messages", String(event.seq), "again"), {
            count: Number(count.value),
            model: pick.value || null,
            temperature: warmth.value === "" ? null : Number(warmth.value),
            agreed: money.box.checked,
          });
          done(made.rooms);
        },
      ],
    ],
  );
}

/** Fork a room after an event (null = now) with whatever is to be otherwise. */
export async function fork(name, at, seats, done) {
  const there = seats.filter((seat) => !seat.left);
  const rows = await Promise.all(
    there.map(async (seat) => ({
      seat,
      model: await models("", `${seat.display} (as it is)`),
      warmth: element("input", { type: "number", min: 0, max: 2, step: 0.1, placeholder: seat.temperature ?? "" }),
      prompt: element("textarea", { rows: 2, placeholder: "its prompt as it is" }),
    })),
  );
  const rounds = element("input", { type: "number", min: 1, placeholder: "as there" }),
    rules = element("input", { placeholder: "such as who_speaks.random" });
  const luck = element("input", { type: "checkbox" }),
    runs = choice(
      [
        ["now", "runs now"],
        ["later", "waits"],
      ],
      "now",
    ),
    money = consent();
  dialog(
    at === null ? "Fork this room" : "Fork from here",
    [
      element("p", { className: "quiet" }, "A room with the same past; this one stays as it is."),
      ...rows.map(({ seat, model, warmth, prompt }) =>
        element(
          "fieldset",
          { className: `c${seat.colour}` },
          element("legend", {}, seat.label),
          element("div", { className: "pairs" }, field("Model", model), field("Temperature", warmth)),
          field("Prompt", prompt),
        ),
      ),
      element(
        "div",
        { className: "pairs" },
        field("Rounds", rounds),
        field("Rules put in force", rules),
        field("It", runs),
      ),
      element("p", { className: "check" }, element("label", {}, luck, " draws the same chance as this room")),
      there.every((seat) => seat.free) ? "" : money.row,
    ],
    [
      [
        "Fork",
        async () => {
          const given = (pick) =>
            Object.fromEntries(rows.map((row) => [row.seat.seat, pick(row)]).filter(([, value]) => value !== ""));
          const warm = Object.entries(given((row) => row.warmth.value)).map(([seat, value]) => [seat, Number(value)]);
          const made = await post(path("rooms", name, "forks"), {
            at,
            seats: Object.entries(given((row) => row.model.value)).map(([seat, value]) => `${seat}=${value}`),
            prompts: given((row) => row.prompt.value.trim()),
            temperatures: Object.fromEntries(warm),
            rules: rules.value.split(/\s+/).filter(Boolean),
            rounds: rounds.value ? Number(rounds.value) : null,
            same_chance: luck.checked,
            run: runs.value === "now",
            agreed: money.box.checked,
          });
          done(made.rooms);
        },
      ],
    ],
    { wide: true },
  );
}
