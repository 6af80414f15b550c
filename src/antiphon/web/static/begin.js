// Begins a room from a scenario: a form made of its schema beside its own text, and its price before anything is spent.

import { get, post } from "./api.js";
import { bill } from "./deeds.js";
import { choice, dialog, field } from "./dialog.js";
import { element } from "./safe.js";
import { models } from "./seat.js";
import { later } from "./words.js";

const OWN = new Set(["name", "seats", "title", "about", "licence", "system", "opening", "ceilings"]);
const POLICIES = ["careful", "thrifty", "observe", "none"];

const bare = (schema, root) => {
  if (schema.$ref) return bare(root.$defs[schema.$ref.split("/").at(-1)], root);
  return schema.anyOf ? { ...schema.anyOf.find((one) => one.type !== "null"), default: schema.default } : schema;
};

function input(schema, value, take) {
  const told = value ?? schema.default ?? "";
  if (schema.enum)
    return choice(
      schema.enum.map((one) => [one, one]),
      told,
      { onchange: (event) => take(event.target.value) },
    );
  if (schema.type === "boolean")
    return choice(
      [
        ["true", "yes"],
        ["false", "no"],
      ],
      String(Boolean(told)),
      { onchange: (event) => take(event.target.value === "true") },
    );
  if (schema.type === "integer" || schema.type === "number") {
    return element("input", {
      type: "number",
      value: told,
      min: schema.minimum ?? null,
      max: schema.maximum ?? null,
      step: schema.type === "integer" ? 1 : "any",
      oninput: (event) => take(event.target.value === "" ? undefined : Number(event.target.value)),
    });
  }
  if (schema.type === "string")
    return element("textarea", { rows: 1, value: told, oninput: (event) => take(event.target.value) });
  return null;
}

/** Make fields of everything simple that a schema describes; of the first `chosen` floors only what is there already. */
function fields(schema, root, data, { skip = new Set(), chosen = 0 } = {}) {
  const names = Object.keys(schema.properties ?? {}).filter((name) => !skip.has(name) && (!chosen || name in data));
  return names.flatMap((name) => {
    const inner = bare(schema.properties[name], root),
      words = name.replaceAll("_", " ");
    const made = input(inner, data[name], (value) => {
      if (value === undefined) delete data[name];
      else data[name] = value;
    });
    if (made) return [field(words, made)];
    if (inner.type !== "object" || !inner.properties) return [];
    data[name] ??= {};
    const parts = fields(inner, root, data[name], { chosen: name === "rules" ? 2 : Math.max(0, chosen - 1) });
    return parts.length ? [element("fieldset", {}, element("legend", {}, words), ...parts)] : [];
  });
}

async function seatRows(plan, changed) {
  const box = element("div", { className: "plan" });
  const draw = async () => {
    const rows = await Promise.all(
      plan.seats.map(async (seat, place) => {
        const pick = await models(seat.model);
        pick.setAttribute("aria-label", `Model of seat ${place + 1}`);
        pick.addEventListener("change", () => {
          seat.model = pick.value;
          changed();
        });
        const warm = element("input", {
          type: "number",
          min: 0,
          max: 2,
          step: 0.1,
          value: seat.temperature ?? "",
          placeholder: "temperature",
          "aria-label": `Temperature of seat ${place + 1}`,
          oninput: () => {
            if (warm.value === "") delete seat.temperature;
            else seat.temperature = Number(warm.value);
          },
        });
        const away = element(
          "button",
          {
            type: "button",
            className: "plain",
            "aria-label": `Take seat ${place + 1} away`,
            disabled: plan.seats.length === 1,
            onclick: () => {
              plan.seats.splice(place, 1);
              draw();
              changed();
            },
          },
          "✕",
        );
        return element("p", {}, pick, warm, away);
      }),
    );
    box.replaceChildren(
      ...rows,
      element(
        "button",
        {
          type: "button",
          onclick: () => {
            plan.seats.push({ model: plan.seats.at(-1).model });
            draw();
            changed();
          },
        },
        "Add a seat",
      ),
    );
  };
  await draw();
  return box;
}

/** Open the form; `done(room)` is told the room that was begun. */
export async function begin(done) {
  const [{ scenarios }, schema] = await Promise.all([get("/scenarios"), get("/schema")]);
  const good = scenarios.filter((offer) => offer.scenario);
  const which = choice(
      good.map((offer) => [offer.name, offer.title || offer.name]),
      "dyad",
    ),
    place = element("div", { className: "form" });
  const money = element("div", { className: "price", "aria-live": "polite" });
  const rounds = element("input", { type: "number", min: 1, placeholder: "as written" }),
    seed = element("input", { type: "number", min: 0, placeholder: "by chance" });
  const labels = element("input", { placeholder: "arm=a night=1" }),
    policy = choice([["", "as written"], ...POLICIES.map((one) => [one, one])], "");
  const limits = Object.fromEntries(
    ["messages", "tokens", "money"].map((name) => [
      name,
      element("input", { type: "number", min: 0, step: "any", placeholder: "as written" }),
    ]),
  );
  let plan, price;

  const body = () => ({
    plan,
    rounds: rounds.value ? Number(rounds.value) : null,
    seed: seed.value ? Number(seed.value) : null,
    policy: policy.value || null,
    labels: Object.fromEntries(
      labels.value
        .split(/\s+/)
        .filter(Boolean)
        .map((word) => {
          const [name, ...value] = word.split("=");
          return [name, value.join("=") || "yes"];
        }),
    ),
    limits: Object.fromEntries(
      Object.entries(limits).map(([name, made]) => [name, made.value ? Number(made.value) : null]),
    ),
  });
  const look = later(300, async () => {
    try {
      price = await post("/preview", body());
      money.replaceChildren(...bill(price));
    } catch (refused) {
      price = null;
      money.replaceChildren(element("p", { className: "refused" }, refused.message));
    }
  });

  async function draw() {
    const offer = good.find((one) => one.name === which.value);
    plan = structuredClone(offer.scenario);
    const long = (name, rows) =>
      field(
        name === "system" ? "What every seat is told first" : "The first message",
        element("textarea", {
          rows,
          value: plan[name] ?? "",
          oninput: (event) => {
            plan[name] = event.target.value;
          },
        }),
      );
    place.replaceChildren(
      element("p", { className: "quiet" }, offer.about),
      element("h3", {}, "Seats"),
      await seatRows(plan, look),
      long("system", 4),
      long("opening", 2),
      element(
        "details",
        {},
        element("summary", {}, "Everything else it sets"),
        ...fields(bare(schema, schema), schema, plan, { skip: OWN }),
      ),
      element("details", {}, element("summary", {}, "Its file"), element("pre", { className: "text" }, offer.text)),
    );
    look();
  }

  which.addEventListener("change", draw);
  place.addEventListener("input", look);
  for (const made of [rounds, seed, labels, policy, ...Object.values(limits)]) made.addEventListener("input", look);
  await draw();
  dialog(
    "Begin a room",
    [
      field("Scenario", which),
      place,
      element(
        "div",
        { className: "pairs" },
        field("Rounds", rounds),
        field("Seed", seed),
        field("Monitor", policy),
        field("Labels", labels),
      ),
      element(
        "fieldset",
        {},
        element("legend", {}, "It pauses at"),
        element(
          "div",
          { className: "pairs" },
          field("Messages", limits.messages),
          field("Tokens", limits.tokens),
          field("Dollars", limits.money),
        ),
      ),
      money,
    ],
    [
      [
        "Begin",
        async () => {
          price = await post("/preview", body());
          if (price.forecast === null) return done((await post("/rooms", body())).room);
          dialog("This may cost money", bill(price), [
            ["Begin and pay", async () => done((await post("/rooms", { ...body(), agreed: true })).room)],
          ]);
        },
      ],
    ],
    { wide: true },
  );
}
