// The one place of the page that makes HTML of a text. It is given only what the server made safe
// (`transcripts.markup`); the page's policy forbids every other way.

const policy = globalThis.trustedTypes?.createPolicy("antiphon", { createHTML: (html) => html });

/** Make the element of one item that the server wrote. */
export function item(html) {
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content.firstElementChild;
}

/** Make an element: properties, then children; texts stay texts. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}
