// The line where a person speaks: to all, to one seat, or as a seat that waits for a person. It knows no room.

import { choice } from "./dialog.js";
import { element } from "./safe.js";

const TALLEST = 240; // pixels before a long text scrolls

/** Make the line; `state()` gives the room, `act(verb, body, ...path)` does something and tells whether it was done. */
export function composer(state, act) {
  const text = element("textarea", {
    rows: 1,
    placeholder: "Say something to the room",
    "aria-label": "Say something",
    oninput: grow,
    onkeydown: send,
  });
  const whom = choice([], "", { "aria-label": "To whom", onchange: mean });
  const pass = element(
    "button",
    { type: "button", hidden: true, onclick: () => act("speak", { text: null }, "seats", seat()) },
    "Pass",
  );
  const form = element(
    "form",
    { className: "composer", onsubmit: say },
    whom,
    text,
    pass,
    element("button", { className: "main" }, "Say"),
  );
  let known = "",
    meant = false;

  const seat = () => whom.value.slice(whom.value.indexOf(" ") + 1);
  const speaks = () => whom.value.startsWith("seat ");

  function mean() {
    meant = whom.value === "";
    show();
  }

  function grow() {
    text.style.height = "auto";
    text.style.height = `${Math.min(TALLEST, text.scrollHeight + 2)}px`;
  }

  function show() {
    pass.hidden = !speaks();
    text.placeholder = whom.value ? whom.selectedOptions[0].textContent : "Say something to the room";
  }

  function send(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) say(event);
    else if (event.key === "Escape") text.blur();
  }

  async function say(event) {
    event.preventDefault();
    const words = text.value;
    if (!words.trim()) return;
    const done = speaks()
      ? await act("speak", { text: words }, "seats", seat())
      : whom.value
        ? await act("whisper", { text: words }, "seats", seat())
        : await act("say", { text: words });
    if (!done) return;
    if (speaks()) whom.value = ""; // it is another's turn now
    text.value = "";
    grow();
    show();
  }

  /** Offer who sits there now; a seat that waits is offered first. */
  function update() {
    const seats = state().seats.filter((one) => !one.left);
    const waiting = seats.filter((one) => one.waits).map((one) => [`seat ${one.seat}`, `as ${one.label}`]);
    const options = [["", "to all"], ...waiting, ...seats.map((one) => [`to ${one.seat}`, `to ${one.label}`])];
    if (JSON.stringify(options) === known && (whom.value || meant || !waiting.length)) return;
    known = JSON.stringify(options);
    const chosen = whom.value;
    whom.replaceChildren(...options.map(([value, words]) => element("option", { value }, words)));
    const stays = chosen && options.some(([value]) => value === chosen);
    whom.value = stays ? chosen : (waiting[0]?.[0] ?? "");
    show();
  }

  return { form, update, focus: () => text.focus() };
}
