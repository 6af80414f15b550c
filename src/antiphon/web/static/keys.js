// Hears single keys and does what a view has put on them; never while somebody types. It knows no view.

import { dialog } from "./dialog.js";
import { element } from "./safe.js";

const layers = [];
const NAMES = { ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", " ": "Space" };

/** Put deeds on keys: [key, words, deed]. Returns what takes them away. */
export function keys(title, deeds) {
  const layer = { title, deeds };
  layers.push(layer);
  return () => {
    layers.splice(layers.indexOf(layer), 1);
  };
}

function typing(target) {
  return (
    target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog[open]") !== null
  );
}

/** Show which keys do what here. */
export function help() {
  const parts = layers.map(({ title, deeds }) =>
    element(
      "section",
      {},
      element("h3", {}, title),
      element(
        "dl",
        { className: "keys" },
        ...deeds
          .filter(([, words]) => words)
          .map(([key, words]) =>
            element("div", {}, element("dt", {}, element("kbd", {}, NAMES[key] ?? key)), element("dd", {}, words)),
          ),
      ),
    ),
  );
  dialog("Keys", parts);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  for (const { deeds } of layers.toReversed()) {
    const found = deeds.find(([key]) => key === event.key);
    if (!found) continue;
    event.preventDefault();
    found[2]();
    return;
  }
});
