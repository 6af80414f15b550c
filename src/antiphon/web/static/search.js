// Finds messages in all rooms.

import { get } from "./api.js";
import { dialog } from "./dialog.js";
import { element } from "./safe.js";
import { address } from "./lines.js";
import { later, some } from "./words.js";

/** Open the search. */
export function search() {
  const words = element("input", {
    type: "search",
    placeholder: "Words that a message holds",
    "aria-label": "Words",
    maxLength: 400,
  });
  const told = element("p", { className: "quiet", role: "status" }),
    list = element("ol", { className: "hits" });
  let turn = 0;
  const look = later(150, async () => {
    const mine = ++turn;
    if (!words.value.trim()) return list.replaceChildren();
    const { hits } = await get("/search", { words: words.value });
    if (mine !== turn) return;
    told.textContent = hits.length ? some(hits.length, "message") : "No message holds these words.";
    list.replaceChildren(
      ...hits.map((hit) =>
        element(
          "li",
          {},
          element(
            "a",
            { href: `${address(hit.room)}#m${hit.seq}`, "data-go": "", onclick: () => box.close() },
            element("span", { dir: "auto" }, hit.excerpt),
            element("small", {}, `${hit.room}, message ${hit.seq}`),
          ),
        ),
      ),
    );
  });
  words.addEventListener("input", () => look());
  const box = dialog("Search messages", [words, told, list], [], { wide: true });
  words.focus();
}
