// The few things one can do with a message: one row of buttons, which stands at whichever message is looked at.

import { path, remove } from "./api.js";
import { confirm } from "./dialog.js";
import { element } from "./safe.js";

/** Make the row; `deeds` are [words, title, deed(item), fits(event)]. */
export function tools(deeds) {
  let made = null;
  const buttons = deeds.map(([words, title, deed]) =>
    element(
      "button",
      {
        type: "button",
        className: "small",
        title,
        onclick: (event) => {
          event.stopPropagation();
          deed(made);
        },
      },
      words,
    ),
  );
  const row = element("div", { className: "tools", role: "group", "aria-label": "This message" }, ...buttons);
  return {
    /** Put the row at a message. */
    at(item) {
      if (!item || item === made) return;
      made = item;
      deeds.forEach(([, , , fits = () => true], place) => {
        buttons[place].hidden = !fits(item.told);
      });
      item.append(row);
    },
  };
}

/** Ask, then erase a message and what it left behind it. */
export function eraseMessage(name, seq, done) {
  confirm(
    "Erase this message?",
    "Its text goes for good, here and wherever it was kept; that there was one stays.",
    async () => {
      await remove(path("rooms", name, "messages", String(seq)));
      done();
    },
    { yes: "Erase it" },
  );
}
