// Begins the page and leads from one view to another; an address is a view.

import { get } from "./api.js";
import { begin } from "./begin.js";
import { compare } from "./compare.js";
import { droppable } from "./files.js";
import { help, keys } from "./keys.js";
import { room } from "./room.js";
import { element } from "./safe.js";
import { search } from "./search.js";
import { themeSwitch } from "./theme.js";
import { address } from "./lines.js";
import { wall } from "./wall.js";

const main = document.getElementById("main");
const status = document.getElementById("status");
const theme = themeSwitch();
let leave = () => {},
  shown = 0,
  server;

const tell = (text) => {
  status.textContent = text;
};

async function show() {
  leave();
  leave = () => {};
  tell("");
  const mine = ++shown;
  const [kind, one, deed, other] = location.pathname.split("/").slice(1).map(decodeURIComponent);
  const begins = () => begin((name) => go(address(name)));
  try {
    server ??= await get("/server");
    const left =
      kind !== "rooms"
        ? await wall(main, tell, { server, begins })
        : deed === "compare"
          ? await compare(main, one, other)
          : await room(main, one, tell, { server, go });
    document.title = main.querySelector("h1")?.textContent.concat(" – Antiphon") ?? "Antiphon";
    if (mine === shown) leave = left;
    else left();
  } catch (refused) {
    main.replaceChildren(
      element(
        "div",
        { className: "empty" },
        element("h1", {}, "This cannot be shown"),
        element("p", {}, refused.message),
      ),
    );
  }
}

/** Go to an address of this page. */
export function go(address) {
  history.pushState({}, "", address);
  show();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href);
});
document
  .getElementById("tools")
  .append(
    element("button", { type: "button", className: "plain", title: "Search messages (/)", onclick: search }, "Search"),
    theme,
    element(
      "button",
      { type: "button", className: "plain", "aria-label": "Keys", title: "Keys (?)", onclick: help },
      "?",
    ),
  );
keys("Everywhere", [
  ["?", "these keys", help],
  ["/", "search messages", search],
  ["t", "light or dark", () => theme.click()],
  ["w", "the wall", () => go("/")],
]);
droppable();
addEventListener("popstate", show);
show();
