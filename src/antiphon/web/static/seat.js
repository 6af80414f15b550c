// One seat looked into: its texts and layers, its changes, its turns, exactly what it saw, and what may be done to it.

import { get, path, post } from "./api.js";
import { choice, confirm, dialog, field } from "./dialog.js";
import { element } from "./safe.js";
import { brief, cost, dollars } from "./words.js";

const percent = (share) => `${Math.round(share * 100)} %`;
const known = (value) =>
  value === null || value === undefined ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value);

function table(head, rows, label) {
  return element(
    "div",
    { className: "table", tabindex: "0", role: "region", "aria-label": label },
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...head.map((word) => element("th", { scope: "col" }, word)))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell))))),
    ),
  );
}

function text(title, words, open = false) {
  return element(
    "details",
    { open },
    element("summary", {}, title),
    element("pre", { className: "text", dir: "auto" }, words || "(nothing)"),
  );
}

async function saw(room, seat, turn, place) {
  place.replaceChildren(element("p", { className: "quiet" }, "Looking …"));
  const seen = await get(path("rooms", room, "seats", seat, "view"), { turn });
  place.replaceChildren(
    element(
      "h3",
      {},
      `What it saw before turn ${turn}: ${brief(seen.bytes)} bytes` +
        (seen.sent === null
          ? ""
          : seen.sent === seen.digest
            ? ", the same as was sent"
            : ", which differs from what was sent"),
    ),
    text("System text", seen.system),
    element(
      "ol",
      { className: "view" },
      ...seen.parts.map((part) =>
        element(
          "li",
          {},
          element("small", {}, part.role),
          element("pre", { className: "text", dir: "auto" }, part.text),
        ),
      ),
    ),
  );
  place.scrollIntoView({ block: "start" });
}

/** Open a seat's inspector. */
export async function seatDialog(room, state, may, changed) {
  const past = await get(path("rooms", room, "seats", state.seat));
  const seen = element("section", { "aria-live": "polite" });
  const layers = past.layers.map((layer, place) => text(`Layer ${place + 1}`, layer, true));
  const changes = past.changes.map((one) => [
    one.at.slice(11, 19),
    one.what,
    known(one.before),
    known(one.after),
    one.by,
  ]);
  const turns = past.turns.map((turn) => [
    String(turn.turn),
    turn.outcome,
    known(turn.input),
    known(turn.output),
    percent(turn.kept_prefix),
    turn.cost === null ? "–" : dollars(turn.cost),
    `${brief(turn.ms)} ms`,
    element(
      "button",
      { type: "button", className: "small", onclick: () => saw(room, state.seat, turn.turn, seen) },
      "what it saw",
    ),
  ]);
  const box = dialog(
    state.label,
    [
      element(
        "p",
        { className: "quiet" },
        [
          state.display,
          `${brief(state.input)} tokens in, ${brief(state.output)} out`,
          cost(state),
          past.temperature === null ? "" : `temperature ${past.temperature}`,
          past.rights.join(" "),
        ]
          .filter(Boolean)
          .join(" · "),
      ),
      may && !state.left ? tools(room, state, changed, () => box.close()) : "",
      element("h3", {}, past.replaced ? "Its prompt was replaced" : "Its prompt"),
      text("System text at the beginning", past.original, !past.layers.length),
      ...layers,
      past.layers.length ? text("System text as it is read now", past.system) : "",
      past.notes.length ? text("Notebook", past.notes.join("\n")) : "",
      changes.length ? element("h3", {}, "What changed") : "",
      changes.length ? table(["at", "what", "before", "after", "by"], changes, "Changes") : "",
      element("h3", {}, "Turns"),
      turns.length
        ? table(["turn", "outcome", "in", "out", "kept", "cost", "time", ""], turns, "Turns")
        : element("p", { className: "quiet" }, "none yet"),
      seen,
    ],
    [],
    { wide: true },
  );
}

function tools(room, state, changed, close) {
  const where = (...parts) => path("rooms", room, "seats", state.seat, ...parts);
  const done = (promise) =>
    promise.then(() => {
      close();
      changed();
    });
  const wrong = element("span", { className: "wrong", role: "alert" });
  const tell = (promise) =>
    promise.catch((refused) => {
      wrong.textContent = refused.message;
    });
  const button = (words, deed, kind = "") =>
    element("button", { type: "button", className: kind, onclick: deed }, words);
  return element(
    "div",
    { className: "deeds" },
    button(state.muted ? "Let it speak" : "Mute", () => tell(done(post(where("mute"), { muted: !state.muted })))),
    button("Temperature", () => temperature(state, (value) => done(post(where("change"), { temperature: value })))),
    button("Prompt", () => prompt((body) => done(post(where("change"), body)))),
    button("Model", () => model(state, (value) => done(post(where("change"), { model: value })))),
    button(
      "Remove",
      () =>
        confirm(`Remove ${state.label}?`, "It leaves for good; what it said stays.", () =>
          done(post(where("remove"), {})),
        ),
      "danger",
    ),
    wrong,
  );
}

function temperature(state, deed) {
  const value = element("input", {
    type: "number",
    min: 0,
    max: 2,
    step: 0.1,
    value: state.temperature ?? 1,
    required: true,
  });
  dialog(
    `Temperature of ${state.label}`,
    [field("Temperature", value, "0 to 2; what really applies is the model's")],
    [["Set", () => deed(Number(value.value))]],
  );
}

function prompt(deed) {
  const how = choice(
    [
      ["add", "add a layer"],
      ["replace", "replace all layers"],
      ["revert", "take all layers back"],
    ],
    "add",
  );
  const words = element("textarea", { rows: 5 });
  dialog(
    "Prompt",
    [field("How", how), field("Text", words, "what it said first stays in the journal")],
    [["Change", () => deed(how.value === "revert" ? { how: "revert" } : { how: how.value, prompt: words.value })]],
  );
}

async function model(state, deed) {
  const pick = await models(state.model);
  dialog(`Who speaks for ${state.label}`, [field("Model", pick)], [["Change", () => deed(pick.value)]]);
}

/** Make a choice of the models known here; those without their key say so. */
export async function models(chosen, none = "") {
  const { models: all } = await get("/models");
  const words = (one) =>
    [
      one.name,
      one.cost === "free" ? "" : one.price ? `$${one.price.input} in, $${one.price.output} out` : "price unknown",
      one.ready ? "" : `needs ${one.needs}`,
    ]
      .filter(Boolean)
      .join(" · ");
  const options = [...(none ? [["", none]] : []), ...all.map((one) => [one.id, words(one)])];
  if (chosen && !options.some(([value]) => value === chosen)) options.push([chosen, chosen]);
  return choice(options, chosen);
}
