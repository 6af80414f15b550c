
"use strict";
// Hides the rooms that do not hold every word, or are in another state. Without this script the whole list is shown.
const form = document.getElementById("find");
const words = document.getElementById("words");
const state = document.getElementById("state");
const count = document.getElementById("count");
const rooms = [...document.querySelectorAll("#rooms > li")].map((line) => ({ line, text: line.textContent.toLowerCase() }));

function choose() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { line, text } of rooms) {
    const fits = wanted.every((word) => text.includes(word)) && (!state.value || line.dataset.state === state.value);
    line.hidden = !fits;
    shown += fits;
  }
  count.textContent = shown === rooms.length ? `${shown} rooms` : `${shown} of ${rooms.length} rooms`;
}

form.hidden = false;
form.addEventListener("input", choose);
form.addEventListener("submit", (event) => event.preventDefault());
if (words.value || state.value) choose(); // a browser that comes back has kept what was typed
