// Shows what a seat is saying before it is a message, as plain text, and tells screen readers what was said.

import { element } from "./safe.js";

const HEARD = 400; // characters of a message that a screen reader is told by itself

/** Make the place of what is being said: `show(seat, text)`, `hear({at, text})`, `hush()`. */
export function speech() {
  const who = element("h2", {}),
    words = element("div", { className: "body", dir: "auto" });
  const box = element(
    "article",
    { className: "said speaking", hidden: true },
    element("header", {}, who, element("p", {}, "is speaking")),
    words,
  );
  let text = "";
  const show = (seat, said) => {
    box.hidden = !seat;
    if (!seat) return;
    text = said;
    who.textContent = seat.label;
    box.className = `said speaking c${seat.colour}`;
    words.textContent = text;
  };
  return {
    box,
    show,
    hush: () => show(null),
    /** Take in a piece that begins at a character; tells whether nothing is missing before it. */
    hear(seat, { at, text: piece }) {
      const known = Array.from(text);
      if (at > known.length) return false;
      show(seat, known.slice(0, at).join("") + piece);
      return true;
    },
  };
}

/** Make the region that tells screen readers politely what was said. */
export function announcer() {
  const region = element("div", {
    className: "unseen",
    role: "log",
    "aria-live": "polite",
    "aria-label": "New messages",
  });
  return {
    region,
    say(label, text) {
      region.append(element("p", {}, `${label}: ${text.length > HEARD ? `${text.slice(0, HEARD)} …` : text}`));
      while (region.children.length > 5) region.firstChild.remove();
    },
  };
}
