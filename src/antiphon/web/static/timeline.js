// The time line of a room: its states as a band, its flags as ticks, and both as a list that leads to their messages.

import { get, path, post } from "./api.js";
import { choice, dialog, field } from "./dialog.js";
import { drawn, element } from "./safe.js";

const KINDS = [
  "state.changed",
  "flag.raised",
  "flag.acked",
  "seat.joined",
  "seat.left",
  "seat.changed",
  "prompt.changed",
  "room.ended",
];
const STRETCH = 500;
const MOST = 10; // stretches that are looked through: the last 5,000 events
const VERDICTS = [
  ["acknowledged", "seen"],
  ["monitoring", "watched"],
  ["resolved", "settled"],
  ["false", "not so"],
  ["open", "open again"],
];

async function turnings(name, head) {
  const found = [];
  let before = head + 1;
  for (let round = 0; round < MOST && before > 1; round += 1) {
    const told = await get(path("rooms", name, "events"), { before, limit: STRETCH, type: KINDS });
    found.unshift(...told.events);
    before = told.first;
  }
  return { found, whole: before <= 1 };
}

function band(found, head) {
  const share = (seq) => (seq / Math.max(1, head)) * 100;
  const turns = found.filter((event) => event.type === "state.changed" && event.body);
  const parts = [],
    last = found.findLast((event) => event.type === "room.ended");
  let from = 0,
    phase = turns[0]?.body.from ?? "live";
  for (const { seq, body } of turns) {
    parts.push([from, seq, phase]);
    [from, phase] = [seq, body.to];
  }
  parts.push([from, last?.seq ?? head, phase]);
  return drawn(
    "svg",
    { viewBox: "0 0 100 12", preserveAspectRatio: "none", class: "band", "aria-hidden": "true" },
    ...parts.map(([begin, end, state]) =>
      drawn("rect", {
        x: share(begin),
        y: 4,
        height: 4,
        width: Math.max(0.4, share(end) - share(begin)),
        class: `fill ${state}`,
      }),
    ),
    ...found
      .filter((event) => event.type === "flag.raised")
      .map((event) => drawn("rect", { x: share(event.seq), y: 0, width: 0.6, height: 12, class: "tick" })),
  );
}

function words(event, label) {
  const { type, body } = event;
  if (!body) return "erased";
  if (type === "state.changed") return `${body.to}${body.rule && body.rule !== "monitor" ? ` (${body.rule})` : ""}`;
  if (type === "flag.raised") return `flag S${body.severity} ${body.rule}${body.seat ? `, ${label(body.seat)}` : ""}`;
  if (type === "flag.acked") return `answered: ${body.verdict}`;
  if (type === "room.ended") return `ended: ${body.reason}`;
  if (type === "seat.joined") return `${body.label} sits down`;
  if (type === "seat.left") return `${label(body.seat)} left`;
  if (type === "prompt.changed") return `${label(body.seat)}: prompt ${body.how ?? "add"}`;
  return `${label(body.seat)}: ${body.what}`;
}

/** Draw the time line; `open(seq)` goes to an event, `may` tells whether flags may be answered. */
export async function timeline(name, now, { open, may }) {
  const label = (seat) => now.seats.find((one) => one.seat === seat)?.label ?? seat;
  const [{ found, whole }, { flags }] = await Promise.all([
    turnings(name, now.head),
    get(path("rooms", name, "flags")),
  ]);
  const entry = (event) =>
    element(
      "li",
      { className: event.type.replace(".", "-") },
      element(
        "button",
        { type: "button", className: "plain", onclick: () => open(event.seq) },
        element("small", {}, event.at.slice(11, 19)),
        ` ${words(event, label)}`,
      ),
    );
  return [
    band(found, now.head),
    flags.length ? element("h3", {}, "Flags") : "",
    element(
      "ul",
      { className: "flags" },
      ...flags.map(({ flag }) =>
        element(
          "li",
          {},
          element(
            "button",
            { type: "button", className: "plain", onclick: () => open(flag.evidence.at(-1) ?? flag.last_seq) },
            element("b", {}, `⚑ S${flag.severity} ${flag.rule}`),
            ` ${flag.seat ? `${label(flag.seat)}, ` : ""}${flag.state}${flag.count > 1 ? `, ${flag.count} times` : ""}`,
          ),
          may
            ? element("button", { type: "button", className: "small", onclick: () => answer(name, flag) }, "Answer")
            : "",
        ),
      ),
    ),
    element("h3", {}, whole ? "What turned" : "What turned lately"),
    element("ol", { className: "turnings" }, ...found.map(entry)),
  ];
}

function answer(name, flag) {
  const verdict = choice(VERDICTS, "acknowledged"),
    reason = element("input", { maxLength: 2000 });
  dialog(
    `Flag ${flag.rule}`,
    [field("It is", verdict), field("Because", reason, "may be left out")],
    [
      [
        "Answer",
        () => post(path("rooms", name, "flags", flag.id, "answer"), { verdict: verdict.value, reason: reason.value }),
      ],
    ],
  );
}
