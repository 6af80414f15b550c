// Holds how the page looks: as the system wants it, light, or dark. Kept in this browser only.

import { element } from "./safe.js";

const KEPT = "antiphon.theme";
const ORDER = ["auto", "light", "dark"];
const SIGNS = { auto: "◐", light: "○", dark: "●" };

function kept() {
  const found = localStorage.getItem(KEPT);
  return ORDER.includes(found) ? found : "auto";
}

function apply(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Make the switch between the looks, and put on the one that was chosen last. */
export function themeSwitch() {
  const button = element("button", { type: "button", className: "plain", onclick: () => turn() });
  const show = (theme) => {
    apply(theme);
    button.replaceChildren(element("span", { "aria-hidden": "true" }, SIGNS[theme]));
    button.setAttribute("aria-label", `Look: ${theme}`);
    button.title = `Look: ${theme} (t)`;
  };
  const turn = () => {
    const next = ORDER[(ORDER.indexOf(kept()) + 1) % ORDER.length];
    localStorage.setItem(KEPT, next);
    show(next);
  };
  show(kept());
  return button;
}
