// Rooms as files: export, import by drop or by choice, deletion.

import { get, path, post, remove } from "./api.js";
import { confirm, dialog } from "./dialog.js";
import { element } from "./safe.js";
import { address } from "./lines.js";
import { some } from "./words.js";

const FORMS = [
  ["html", "a page", "one file that holds its pictures"],
  ["markdown", "Markdown", "for reading and editing"],
  ["classic", "classic text", "as older programs write it"],
  ["jsonl", "JSON lines", "every event; comes back as it was"],
];

/** Offer a room in every form. */
export function exports(name) {
  dialog("Export", [
    element(
      "ul",
      { className: "family" },
      ...FORMS.map(([form, words, about]) =>
        element(
          "li",
          {},
          element("a", { href: `/api/v1${path("rooms", name, "export", form)}`, download: "" }, words),
          element("p", { className: "quiet" }, about),
        ),
      ),
    ),
  ]);
}

/** Ask, then delete a room; its forks go with it, since they read its past. */
export async function erase(name, gone) {
  const { forks } = await get(path("rooms", name, "family"));
  const also = forks.length
    ? ` Its ${some(forks.length, "fork")} ${forks.length === 1 ? "goes" : "go"} with it, since ${forks.length === 1 ? "it reads" : "they read"} its past.`
    : "";
  confirm(
    "Delete this room?",
    `Its events, pictures, notes and places in the index go for good.${also}`,
    async () => {
      await remove(path("rooms", name), { with_forks: forks.length > 0 });
      gone();
    },
    { yes: "Delete it" },
  );
}

async function take(files) {
  const told = element("ul", { className: "family", "aria-live": "polite" });
  const state = element("p", { className: "quiet" }, "Reading …");
  dialog("Import", [state, told]);
  for (const file of files) {
    try {
      const { rooms } = await post("/import", file, { name: file.name.slice(-200) });
      for (const one of rooms)
        told.append(
          element(
            "li",
            {},
            element(
              "a",
              { href: address(one.room), "data-go": "", onclick: (event) => event.target.closest("dialog").close() },
              one.room,
            ),
          ),
        );
    } catch (refused) {
      told.append(element("li", { className: "refused" }, `${file.name}: ${refused.message}`));
    }
  }
  state.textContent = `${some(files.length, "file")} read`;
}

/** Make the button that imports files. */
export function importer() {
  const input = element("input", {
    type: "file",
    multiple: true,
    hidden: true,
    onchange: () => take([...input.files]),
  });
  return [input, element("button", { type: "button", onclick: () => input.click() }, "Import")];
}

/** Take in files that are dropped anywhere on the page. */
export function droppable() {
  const show = (there) => document.body.classList.toggle("dropping", there);
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    show(true);
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) show(false);
  });
  addEventListener("drop", (event) => {
    show(false);
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
}
