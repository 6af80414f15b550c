// Draws small line charts of a room's measures, message by message. It knows no room.

import { drawn, element } from "./safe.js";

const WIDTH = 280,
  HEIGHT = 56,
  EDGE = 3;
const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** Draw one measure; `values` may hold gaps (null); `open(place)` goes to a message. */
export function chart(name, about, values, open) {
  const there = values.filter((value) => value !== null);
  const low = Math.min(...there),
    high = Math.max(...there),
    last = there.at(-1);
  const x = (place) => EDGE + (place / Math.max(1, values.length - 1)) * (WIDTH - 2 * EDGE);
  const y = (value) => HEIGHT - EDGE - ((value - low) / (high - low || 1)) * (HEIGHT - 2 * EDGE);
  let line = "",
    pen = false;
  values.forEach((value, place) => {
    if (value !== null) line += `${pen ? "L" : "M"}${x(place).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = value !== null;
  });
  const mark = drawn("circle", { r: 3, class: "spot" });
  const told = element("output", {}, number.format(last));
  const at = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(
      values.length - 1,
      Math.max(0, Math.round(((event.clientX - box.left) / box.width) * (values.length - 1))),
    );
  };
  const words = `${name} of ${values.length} messages: from ${number.format(low)} to ${number.format(high)}, at last ${number.format(last)}`;
  const drawing = drawn(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": words,
      onclick: (event) => open(at(event)),
      onpointermove: (event) => {
        const place = at(event),
          value = values[place];
        told.textContent = value === null ? "–" : number.format(value);
        mark.setAttribute("cx", x(place));
        mark.setAttribute("cy", value === null ? -9 : y(value));
      },
      onpointerleave: () => {
        told.textContent = number.format(last);
        mark.setAttribute("cy", -9);
      },
    },
    drawn("path", { d: line, class: "curve" }),
    mark,
  );
  mark.setAttribute("cy", -9);
  return element(
    "figure",
    { className: "chart" },
    element("figcaption", {}, element("b", {}, name), " ", element("small", {}, about), told),
    drawing,
  );
}
