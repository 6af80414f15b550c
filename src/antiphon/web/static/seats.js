// The seats of a room at the side of its conversation.

import { element } from "./safe.js";
import { brief, cost, some } from "./words.js";

function facts(seat) {
  return [
    seat.temperature === null ? "" : `temperature ${seat.temperature}`,
    seat.layers ? `${seat.layers} prompt ${seat.layers === 1 ? "layer" : "layers"}` : "",
    some(seat.messages, "message"),
    `${brief(seat.input + seat.output)} tokens`,
    cost(seat),
  ]
    .filter(Boolean)
    .join(" · ");
}

function standing(seat) {
  if (seat.left) return "left";
  if (seat.waits) return "waits for you";
  return seat.muted ? "muted" : "";
}

/** Draw the list of seats; `open(seat)` looks into one. */
export function seatList(seats, speaking, open) {
  return element(
    "ul",
    { className: "seats", "aria-label": "Seats" },
    ...seats.map((seat) => {
      const how = seat.seat === speaking && !seat.waits ? "speaking" : standing(seat);
      return element(
        "li",
        { className: `c${seat.colour} ${seat.left ? "gone" : ""}` },
        element(
          "button",
          { type: "button", className: "seat", onclick: () => open(seat.seat) },
          element("b", {}, seat.label),
          how ? element("em", {}, how) : "",
          seat.display && seat.display !== seat.label ? element("span", {}, seat.display) : "",
          element("small", {}, facts(seat)),
        ),
      );
    }),
  );
}
