// Makes dialogs and their fields. The browser itself holds the focus inside, and closes them with Escape.

import { element } from "./safe.js";

let number = 0;

/** Open a dialog; returns it. `deeds` are [words, deed] pairs: a deed that throws leaves the dialog open with its words. */
export function dialog(title, parts, deeds = [], { wide = false } = {}) {
  const wrong = element("p", { className: "wrong", role: "alert" });
  const name = `dialog${++number}`;
  const box = element("dialog", { className: wide ? "wide" : "", "aria-labelledby": name });
  const close = () => box.close();
  const act = async (event, deed) => {
    event.preventDefault();
    wrong.textContent = "";
    const button = event.submitter ?? event.target;
    button.disabled = true;
    try {
      if ((await deed()) !== false) close();
    } catch (refused) {
      wrong.textContent = refused.message;
    }
    button.disabled = false;
  };
  const buttons = deeds.map(([words, deed, kind = ""], place) =>
    element(
      "button",
      place ? { type: "button", className: kind, onclick: (event) => act(event, deed) } : { className: kind || "main" },
      words,
    ),
  );
  const form = element(
    "form",
    { method: "dialog", onsubmit: (event) => (deeds.length ? act(event, deeds[0][1]) : null) },
    element(
      "header",
      {},
      element("h2", { id: name }, title),
      element("button", { type: "button", className: "plain", "aria-label": "Close", onclick: close }, "✕"),
    ),
    element("div", { className: "inside" }, ...parts),
    wrong,
    deeds.length ? element("footer", {}, ...buttons) : "",
  );
  box.append(form);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  box.querySelector(".inside :is(input, select, textarea):not([hidden])")?.focus();
  return box;
}

/** Make a field with its label, and a hint below it. */
export function field(words, control, hint = "") {
  const id = `field${++number}`;
  control.id = id;
  const told = hint ? element("small", { id: `${id}h` }, hint) : "";
  if (hint) control.setAttribute("aria-describedby", `${id}h`);
  return element("p", { className: "field" }, element("label", { for: id }, words), control, told);
}

/** Make a choice of [value, words] pairs. */
export function choice(options, chosen = "", properties = {}) {
  return element(
    "select",
    properties,
    ...options.map(([value, words]) => element("option", { value, selected: value === chosen }, words)),
  );
}

/** Ask before something that cannot be taken back. */
export function confirm(title, words, deed, { yes = title, extra = [] } = {}) {
  return dialog(title, [element("p", {}, words), ...extra], [[yes, deed, "danger"]]);
}
