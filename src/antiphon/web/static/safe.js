// The one place of the page that makes HTML of a text. It is given only what the server made safe
// (`transcripts.markup`); the page's policy forbids every other way.

const policy = globalThis.trustedTypes?.createPolicy("antiphon", { createHTML: (html) => html });

/** Make the element of one item that the server wrote. */
export function item(html) {
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(html) : html;
  const made = template.content.firstElementChild;
  for (const link of made.querySelectorAll('a[href^="http"], a[href^="mailto"]')) {
    link.target = "_blank";
    link.title = link.href; // where a link leads is never hidden by its words
  }
  for (const picture of made.querySelectorAll("img")) {
    picture.loading = "lazy";
    picture.decoding = "async";
  }
  return made;
}

const ATTRIBUTES = new Set(["list", "form", "role", "for", "viewBox"]);
const SVG = "http://www.w3.org/2000/svg";

function fill(made, properties, children, properly) {
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (properly && key in made && !ATTRIBUTES.has(key)) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== "" && child !== false),
  );
  return made;
}

/** Make an element: properties, then children; texts stay texts. */
export const element = (name, properties = {}, ...children) =>
  fill(document.createElement(name), properties, children, true);

/** Make an element of a drawing. */
export const drawn = (name, properties = {}, ...children) =>
  fill(document.createElementNS(SVG, name), properties, children, false);
