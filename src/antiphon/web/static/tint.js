// Tints the words that surprise, as highlights over the text: no element is made or changed. The number of bits stands
// in words beside it, so that colour never stands alone. It knows no room.

import { element } from "./safe.js";

const KEPT = "antiphon.tint";
const LEVELS = [1, 2, 3, 4];
const AHEAD = 200; // characters of mark-up that a page may have left out before the next word

/** Find the text nodes of a message that are running text, as one text and where each node begins in it. */
function running(body) {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("pre, code, .tags, details") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const nodes = [];
  let text = "";
  while (walker.nextNode()) {
    nodes.push([text.length, walker.currentNode]);
    text += walker.currentNode.data;
  }
  return { nodes, text };
}

function* ranges(body, said, spans) {
  const { nodes, text } = running(body);
  const signs = Array.from(said);
  let from = 0,
    place = 0;
  for (const [start, end, level] of spans) {
    const word = signs.slice(start, end).join("");
    const at = text.indexOf(word, from);
    if (at < 0 || at - from > AHEAD + end - start + (start - place)) continue;
    [from, place] = [at + word.length, end];
    const [begins, node] = nodes.findLast(([begin]) => begin <= at);
    if (from - begins > node.data.length) continue; // a word in two pieces stays as it is
    const range = new StaticRange({
      startContainer: node,
      startOffset: at - begins,
      endContainer: node,
      endOffset: from - begins,
    });
    yield [level, range];
  }
}

/** Make the tint and its switch; `paint(item, event, tint)` tints a message. */
export function tinting() {
  const able = globalThis.CSS?.highlights !== undefined;
  const marks = able ? LEVELS.map((level) => CSS.highlights.get(`t${level}`) ?? new Highlight()) : [];
  const control = element(
    "button",
    { type: "button", hidden: !able, title: "Tint words by how surprising they are", onclick: turn },
    "Tint",
  );
  let on = localStorage.getItem(KEPT) !== "off";

  function show() {
    control.setAttribute("aria-pressed", String(on));
    marks.forEach((mark, place) => {
      if (on) CSS.highlights.set(`t${place + 1}`, mark);
      else CSS.highlights.delete(`t${place + 1}`);
    });
  }

  function turn() {
    on = !on;
    localStorage.setItem(KEPT, on ? "on" : "off");
    show();
  }

  function paint(made, event, { spans, bits }) {
    const body = made.querySelector(".body");
    if (!able || !body || !event.body || made.painted) return;
    made.painted = [...ranges(body, event.body.text, spans)];
    for (const [level, range] of made.painted) marks[level - 1].add(range);
    if (bits !== null)
      made.querySelector(".said > header p")?.append(element("span", {}, `${bits.toFixed(1)} bits a word`));
  }

  /** Forget the tint of a message that is no element any more. */
  function wipe(made) {
    for (const [level, range] of made.painted ?? []) marks[level - 1].delete(range);
  }

  show();
  return { control, paint, wipe, close: () => marks.forEach((mark) => mark.clear()) };
}
