// Notes and bookmarks at the margin of a room. No seat ever hears them.

import { get, path, post, remove } from "./api.js";
import { dialog, field } from "./dialog.js";
import { element } from "./safe.js";

/** Hold the marks of a room; `changed()` is called when they do. */
export function marks(name, may, changed) {
  let kept = [];
  const where = path("rooms", name, "marks");
  const at = (seq) => kept.filter((mark) => mark.seq === seq);
  const take = (told) => {
    kept = told.marks;
    changed();
  };

  async function bookmark(seq) {
    const there = at(seq).find((mark) => mark.kind === "bookmark");
    if (there) return take(await remove(path("rooms", name, "marks", there.id)));
    await post(where, { seq, kind: "bookmark" });
    await load();
  }

  function note(seq, mark = null) {
    const text = element("textarea", { rows: 5, value: mark?.text ?? "", required: true });
    dialog(
      "Note",
      [field("Text", text, "for people; no seat hears it, and exports have it as a footnote")],
      [
        ["Keep", () => post(where, { seq, text: text.value, ...(mark ? { id: mark.id } : {}) }).then(load)],
        ...(mark ? [["Remove", () => remove(path("rooms", name, "marks", mark.id)).then(take), "danger"]] : []),
      ],
    );
  }

  async function load() {
    take(await get(where));
  }

  /** Put a message's marks below it. */
  function dress(made, seq) {
    made.querySelector(":scope > .marks")?.remove();
    const here = at(seq);
    made.classList.toggle(
      "marked",
      here.some((mark) => mark.kind === "bookmark"),
    );
    const notes = here.filter((mark) => mark.kind === "note");
    if (!here.length) return;
    made.append(
      element(
        "div",
        { className: "marks" },
        here.length > notes.length ? element("p", {}, "★ bookmark") : "",
        ...notes.map((mark) =>
          may
            ? element(
                "button",
                { type: "button", className: "note", dir: "auto", onclick: () => note(seq, mark) },
                `✎ ${mark.text}`,
              )
            : element("p", { className: "note", dir: "auto" }, `✎ ${mark.text}`),
        ),
      ),
    );
  }

  /** Draw all marks as a list; `open(seq)` goes to one. */
  const list = (open) =>
    kept.length
      ? [
          element(
            "ul",
            { className: "family" },
            ...kept.map((mark) =>
              element(
                "li",
                {},
                element(
                  "button",
                  { type: "button", className: "plain", onclick: () => open(mark.seq) },
                  mark.kind === "note" ? `✎ ${mark.text}` : `★ message ${mark.seq}`,
                ),
                element("p", { className: "quiet" }, `${mark.by}, ${mark.at.slice(0, 10)}`),
              ),
            ),
          ),
        ]
      : [element("p", { className: "quiet" }, "No notes. Choose a message and press m, or b for a bookmark.")];

  return { load, dress, list, bookmark, note };
}
