// Begins the page and leads from one view to another; an address is a view.

import { room } from "./room.js";
import { wall } from "./wall.js";

const main = document.getElementById("main");
const status = document.getElementById("status");
let leave = () => {};

const tell = (text) => { status.textContent = text; };

async function show() {
  leave();
  leave = () => {};
  tell("");
  const found = location.pathname.match(/^\/rooms\/([^/]+)$/);
  try {
    leave = found ? await room(main, decodeURIComponent(found[1]), tell) : await wall(main, tell);
  } catch (refused) {
    main.replaceChildren(document.createTextNode(refused.message));
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState({}, "", link.href);
  show();
});
addEventListener("popstate", show);
show();
