// What a person can do in a room: the buttons of its head, and the line where one speaks.

import { path, post } from "./api.js";
import { composer } from "./composer.js";
import { confirm, dialog, field } from "./dialog.js";
import { erase, exports } from "./files.js";
import { element } from "./safe.js";
import { models } from "./seat.js";
import { dollars, runs, some } from "./words.js";

const OVER = ["ended", "expired"];

/** Make the deeds of a room; `state()` gives it as it stands. */
export function deeds(name, state, tell, { server, changed, gone, fork }) {
  const may = !server.read_only && server.let_in;
  const where = (...parts) => path("rooms", name, ...parts);

  async function act(verb, body = {}, ...parts) {
    try {
      const done = await post(where(...parts, verb), body);
      tell(done.handed_over ? "asked of the process that runs this room" : "");
      changed();
      return done;
    } catch (refused) {
      tell(refused.message);
    }
  }

  async function resume() {
    try {
      const price = await post(where("price"), {});
      if (price.forecast === null) await act("resume");
      else
        dialog("Go on with this room?", bill(price), [
          ["Go on", () => post(where("resume"), { agreed: true }).then(changed)],
        ]);
    } catch (refused) {
      tell(refused.message);
    }
  }

  const end = () =>
    confirm(
      "End this room?",
      "It is closed for good; its text stays, and it can be forked.",
      () => post(where("end"), {}).then(changed),
      { yes: "End it" },
    );
  const speak = composer(state, act);

  function update() {
    speak.update();
    speak.form.hidden = !may || OVER.includes(state().phase);
  }

  async function invite() {
    const pick = await models(""),
      words = element("textarea", { rows: 3 });
    dialog(
      "Invite",
      [field("Model", pick), field("Invitation", words, "the first thing it hears")],
      [["Invite", () => post(where("invite"), { model: pick.value, invitation: words.value }).then(changed)]],
    );
  }

  function bar() {
    const line = state().line;
    const button = (words, deed, kind = "") =>
      element("button", { type: "button", className: kind, onclick: deed }, words);
    const over = OVER.includes(line.phase);
    return element(
      "div",
      { className: "deeds", role: "group", "aria-label": "This room" },
      may && runs(line) ? button("Pause", () => act("pause")) : "",
      may && !runs(line) && !over ? button("Resume", resume) : "",
      may && !over ? button("End", end) : "",
      may && !over ? button("Invite", invite) : "",
      may ? button("Fork", () => fork(null)) : "",
      button("Export", () => exports(name)),
      may ? button("Delete", () => erase(name, gone)) : "",
      may
        ? ""
        : element(
            "p",
            { className: "quiet" },
            server.read_only ? "only for looking" : "to take part, open the link that antiphon serve prints",
          ),
    );
  }

  return {
    may,
    bar,
    composer: speak.form,
    update,
    /** Tell whether anything may still be done in the room. */
    open: () => may && !OVER.includes(state().phase),
    keys: may
      ? [
          ["p", "pause, or go on", () => (runs(state().line) ? act("pause") : resume())],
          ["s", "say something", () => speak.focus()],
          ["F", "fork it as it stands", () => fork(null)],
          ["e", "export", () => exports(name)],
        ]
      : [["e", "export", () => exports(name)]],
  };
}

/** Draw what a room may cost, and its ceilings. */
export function bill({ forecast, ceilings }) {
  if (forecast === null) return [element("p", { className: "quiet" }, "Nobody in it costs anything.")];
  const money =
    forecast.dollars === null
      ? "a price is unknown"
      : `${dollars(forecast.dollars[1])} to ${dollars(forecast.dollars[0])}`;
  const limits = [
    ceilings.messages && some(ceilings.messages, "message"),
    ceilings.tokens && some(ceilings.tokens, "token"),
    ceilings.money && dollars(ceilings.money),
  ]
    .filter(Boolean)
    .join(", ");
  return [
    element(
      "dl",
      { className: "bill" },
      ...[
        ["May cost", money],
        [
          "For",
          `${some(forecast.messages, "message")}, ${some(forecast.input + forecast.output, "token")} without a cache`,
        ],
        ["Models", forecast.models.join(", ")],
        ["It pauses at", limits || "no ceiling"],
      ].map(([word, value]) => element("div", {}, element("dt", {}, word), element("dd", {}, value))),
    ),
  ];
}
