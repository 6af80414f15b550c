// A list of thousands of rows of one height, of which only those in sight are elements. It knows no room.

import { element } from "./safe.js";

const AROUND = 8;
const PAGE = 100;

/** Show rows that `fetch(start, limit)` gives as {rows, fitting}; `draw(row)` makes the inside of one. */
export class Rows {
  constructor({ label, fetch, draw, key }) {
    Object.assign(this, { fetch, draw, key });
    this.space = element("ol", { className: "rows", "aria-label": label });
    this.pane = element("div", { className: "pane", onscroll: () => this.paint() }, this.space);
    this.lines = [];
    this.length = 0;
    this.asked = new Set();
    this.shown = new Map();
    this.turn = 0;
    this.resized = new ResizeObserver(() => this.paint(true));
    this.resized.observe(this.pane);
  }

  /** Fetch anew what is in sight; what was seen stays until its place is told again. */
  async load(keep = false) {
    this.turn += 1;
    this.asked.clear();
    if (!keep) this.pane.scrollTop = 0;
    await this.ask(Math.max(0, Math.floor(this.first() / PAGE)), true);
    this.paint(true);
  }

  close() {
    this.resized.disconnect();
  }

  get height() {
    return parseFloat(getComputedStyle(this.pane).getPropertyValue("--row")) || 76;
  }
  first() {
    return Math.max(0, Math.floor(this.pane.scrollTop / this.height) - AROUND);
  }

  async ask(page, fresh = false) {
    if (this.asked.has(page)) return;
    this.asked.add(page);
    const turn = this.turn;
    const told = await this.fetch(page * PAGE, PAGE);
    if (turn !== this.turn) return;
    if (fresh) this.lines = [];
    this.length = told.fitting;
    told.rows.forEach((row, place) => {
      this.lines[page * PAGE + place] = row;
    });
    this.paint(true);
  }

  /** Put a row that changed in its old place; tells whether it stands in sight at the very top. */
  change(row) {
    const place = this.lines.findIndex((one) => one && this.key(one) === this.key(row));
    if (place < 0) return false;
    this.lines[place] = row;
    const made = this.shown.get(place);
    if (made) this.refill(made, row);
    return place === 0;
  }

  refill(made, row) {
    const focused = made.contains(document.activeElement);
    made.row = row;
    made.replaceChildren(...this.draw(row));
    if (focused) made.querySelector("a")?.focus({ preventScroll: true });
  }

  paint(anew = false) {
    const height = this.height,
      first = this.first();
    const last = Math.min(this.length, Math.ceil((this.pane.scrollTop + this.pane.clientHeight) / height) + AROUND);
    this.space.style.height = `${this.length * height}px`;
    for (const [place, made] of this.shown) {
      if (place < first || place >= last) {
        made.remove();
        this.shown.delete(place);
      }
    }
    for (let place = first; place < last; place += 1) {
      const row = this.lines[place];
      if (!row) {
        this.ask(Math.floor(place / PAGE));
        continue;
      }
      let made = this.shown.get(place);
      if (made && !anew) continue;
      if (!made) {
        made = element("li", { "aria-setsize": this.length, "aria-posinset": place + 1 });
        made.dataset.place = place;
        this.shown.set(place, made);
        const next = [...this.shown.keys()].filter((one) => one > place).sort((a, b) => a - b)[0];
        this.space.insertBefore(made, next === undefined ? null : this.shown.get(next));
      }
      made.style.transform = `translateY(${place * height}px)`;
      if (made.row !== row) this.refill(made, row);
    }
  }

  /** Move the focus by so many rows. */
  move(by) {
    const now = Number(document.activeElement?.closest(".rows > li")?.dataset.place ?? -1);
    const place = Math.min(this.length - 1, Math.max(0, now + by));
    const top = place * this.height;
    if (top < this.pane.scrollTop) this.pane.scrollTop = top;
    else if (top + this.height > this.pane.scrollTop + this.pane.clientHeight)
      this.pane.scrollTop = top + this.height - this.pane.clientHeight;
    this.paint();
    this.shown.get(place)?.querySelector("a")?.focus({ preventScroll: true });
  }
}
