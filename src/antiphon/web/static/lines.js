// Says of a room in one line where it is found and how it stands.

import { element } from "./safe.js";
import { state } from "./words.js";

/** Give the address of a room. */
export const address = (room) => `/rooms/${encodeURIComponent(room)}`;

/** Draw a state: a sign and words in its colour. */
export function badge(line) {
  const { kind, sign, words } = state(line);
  return element("span", { className: `state ${kind}` }, element("span", { "aria-hidden": "true" }, sign), ` ${words}`);
}
