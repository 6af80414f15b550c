// The measures of a room, as charts.

import { get, path } from "./api.js";
import { chart } from "./charts.js";
import { element } from "./safe.js";

const SHOWN = [
  ["novelty", "share of phrases not heard before"],
  ["echo", "share taken from the message before"],
  ["new_words", "share of words not said before"],
  ["length", "words"],
  ["vocabulary", "of the words so far"],
  ["entropy", "bits a word"],
  ["gain", "what compressing with the past saves"],
  ["bits", "surprise, bits a character"],
  ["near", "likeness to the nearest message"],
  ["fixation", "on one phrase"],
  ["tokens", "of the message"],
  ["seconds_between", "since the message before"],
];

/** Draw a room's measures; `open(seq)` goes to a message. */
export async function measures(name, open) {
  const { columns, seqs, rows } = await get(path("rooms", name, "measures"));
  const drawn = SHOWN.flatMap(([column, about]) => {
    const place = columns.indexOf(column);
    const values = rows.map((row) => (typeof row[place] === "number" ? row[place] : null));
    return place >= 0 && values.filter((value) => value !== null).length > 1
      ? [chart(column.replaceAll("_", " "), about, values, (at) => open(seqs[at]))]
      : [];
  });
  return drawn.length ? drawn : [element("p", { className: "quiet" }, "Measures begin with the second message.")];
}
