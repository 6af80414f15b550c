// What stands beside a conversation, one part at a time: tabs as the keyboard and screen readers know them.

import { element } from "./safe.js";

const KEPT = "antiphon.side";

/** Make the side; `parts` are [name, words, draw]: `draw()` gives elements, or a promise of them. */
export function side(parts) {
  let shown = parts.some(([name]) => name === localStorage.getItem(KEPT)) ? localStorage.getItem(KEPT) : parts[0][0],
    turn = 0;
  const panel = element("div", { className: "panel", role: "tabpanel", id: "panel", tabindex: "0" });
  const tabs = parts.map(([name, words]) =>
    element(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${name}`,
        "aria-controls": "panel",
        onclick: () => choose(name),
        onkeydown: move,
      },
      words,
    ),
  );
  const box = element(
    "aside",
    { className: "side", "aria-label": "About this room" },
    element("div", { className: "tabs", role: "tablist", "aria-label": "About this room" }, ...tabs),
    panel,
  );

  function move(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const place = (tabs.indexOf(event.currentTarget) + by + tabs.length) % tabs.length;
    choose(parts[place][0], false);
    tabs[place].focus();
  }

  /** Show a part; where the side is folded away, choosing what is shown folds it again. */
  function choose(name, folds = true) {
    box.classList.toggle("open", !(folds && name === shown && box.classList.contains("open")));
    shown = name;
    localStorage.setItem(KEPT, name);
    draw();
  }

  async function draw() {
    const mine = ++turn;
    tabs.forEach((tab, place) => {
      const chosen = parts[place][0] === shown;
      tab.setAttribute("aria-selected", String(chosen));
      tab.setAttribute("tabindex", chosen ? "0" : "-1");
    });
    panel.setAttribute("aria-labelledby", `tab-${shown}`);
    let made;
    try {
      made = await parts.find(([name]) => name === shown)[2]();
    } catch (refused) {
      made = [element("p", { className: "refused" }, refused.message)];
    }
    if (mine === turn) panel.replaceChildren(...[made].flat().filter(Boolean));
  }

  return {
    box,
    draw,
    choose,
    get shown() {
      return shown;
    },
  };
}
