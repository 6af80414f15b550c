// The conversation of a room as a scroll of any length: it is cut into blocks of events, and only blocks near the eye
// are elements. A block that is left gives its elements back and keeps its height. It knows where events come from only
// as a function, and nothing of seats.

import { element, item } from "./safe.js";

const BLOCK = 36; // events: some twelve messages, made in a few milliseconds
const NEAR = "1600px";
const GUESS = 1_440; // pixels of a block nobody has seen
const AT_ONCE = 5; // milliseconds of making elements before the browser may draw
const EDGE = 60; // pixels from the end that still count as being there

const rest = () =>
  new Promise((done) => {
    setTimeout(done, 0);
  });
const place = (seq) => Math.floor((seq - 1) / BLOCK);

/** Is the scroll; `fetch(after, limit)` gives events, `dress(item, event)` changes an item before it is
 * shown, `chosen(item)` is told which message is the current one. */
export class Talk {
  constructor({ fetch, dress = () => {}, chosen = () => {}, left = () => {} }) {
    Object.assign(this, { fetch, dress, chosen, left, head: 0, blocks: [], stuck: true, current: null });
    this.list = element("div", { className: "talk" });
    this.after = element("div", { className: "after" });
    this.pane = element(
      "div",
      {
        className: "pane scroll",
        tabindex: "-1",
        role: "region",
        "aria-label": "Conversation",
        onscroll: () => {
          this.stuck = this.atEnd();
        },
      },
      element("div", { className: "sheet" }, this.list, this.after),
    );
    this.near = new IntersectionObserver((seen) => seen.forEach((one) => this.seen(one)), {
      root: this.pane,
      rootMargin: NEAR,
    });
    this.grown = new ResizeObserver(() => {
      if (this.stuck) this.toEnd();
    });
    this.grown.observe(this.pane.firstChild);
    this.grown.observe(this.pane);
  }

  close() {
    this.near.disconnect();
    this.grown.disconnect();
  }

  atEnd() {
    return this.pane.scrollHeight - this.pane.scrollTop - this.pane.clientHeight < EDGE;
  }
  toEnd() {
    this.pane.scrollTop = this.pane.scrollHeight;
  }

  /** Begin anew with a room of `head` events. */
  async reset(head) {
    this.near.disconnect();
    this.list.replaceChildren();
    this.blocks = [];
    this.head = 0;
    this.extend(head);
    if (!this.blocks.length) return;
    await this.fill(this.blocks.at(-1));
    if (this.blocks.length > 1) await this.fill(this.blocks.at(-2));
    if (this.stuck) this.toEnd();
  }

  /** Let the scroll reach until event `head`; what is in sight is fetched. */
  extend(head) {
    if (head <= this.head) return;
    const open = this.blocks.at(-1);
    this.head = head;
    while (this.blocks.length <= place(head)) {
      const list = element("ol", { className: "block" });
      const block = { list, number: this.blocks.length, full: false, filling: null, last: 0 };
      list.block = block;
      list.style.height = `${GUESS}px`;
      this.blocks.push(block);
      this.list.append(list);
      this.near.observe(list);
    }
    if (open?.full) this.fill(open);
  }

  /** Take in events that just came, each once. */
  grow(events) {
    const fresh = events.filter((event) => event.seq > this.head);
    if (!fresh.length) return fresh;
    if (fresh[0].seq > this.head + 1) {
      // something is missing: it is fetched with the rest
      this.extend(fresh.at(-1).seq);
      return fresh;
    }
    for (const event of fresh) {
      const open = this.blocks.at(-1);
      if (!open || place(event.seq) > open.number) {
        this.extend(event.seq);
        const begun = this.blocks.at(-1);
        if (this.stuck) {
          Object.assign(begun, { full: true, last: event.seq - 1 });
          begun.list.style.height = "";
        }
      }
      this.head = event.seq;
      const block = this.blocks.at(-1);
      if (block.full && !block.filling) this.add(block, event);
    }
    if (this.stuck) this.toEnd();
    return fresh;
  }

  /** Show nothing after event `seq`. */
  cut(seq) {
    for (const block of this.blocks.splice(place(Math.max(1, seq)) + 1)) {
      this.near.unobserve(block.list);
      block.list.remove();
    }
    this.head = seq;
    const open = this.blocks.at(-1);
    for (const made of [...(open?.list.children ?? [])]) if (Number(made.dataset.seq) > seq) made.remove();
    if (open) open.last = Math.min(open.last, seq);
  }

  /** Dress every item anew that is an element now. */
  redress() {
    for (const made of this.list.querySelectorAll("li[data-seq]")) this.dress(made, made.told);
  }

  /** Give the item of an event, where it is an element. */
  find(seq) {
    return this.list.querySelector(`:scope > ol > li[data-seq="${seq}"]`);
  }

  /** Bring an event's item before the eye and make it the current one. */
  async goTo(seq) {
    const block = this.blocks[place(seq)];
    if (!block) return;
    this.stuck = false;
    await this.fill(block);
    for (const wait of [0, 60, 240]) {
      // what lies around is filled meanwhile, and may push
      this.find(seq)?.scrollIntoView({ block: "center" });
      await new Promise((done) => {
        setTimeout(done, wait);
      });
    }
    this.find(seq)?.scrollIntoView({ block: "center" });
    this.choose(this.find(seq));
  }

  /** Make a message the current one. */
  choose(made) {
    if (!made || made === this.current) return;
    this.current?.classList.remove("current");
    this.current?.setAttribute("tabindex", "-1");
    this.current = made;
    made.classList.add("current");
    made.setAttribute("tabindex", "0");
    this.chosen(made);
  }

  /** Go to the next message (1) or the one before (-1). */
  move(by) {
    const all = [...this.list.querySelectorAll("li.message")];
    const now = this.current?.isConnected ? all.indexOf(this.current) : this.firstSeen(all) - by;
    const made = all[Math.min(all.length - 1, Math.max(0, now + by))];
    if (!made) return;
    made.scrollIntoView({ block: "nearest" });
    made.focus({ preventScroll: true });
    this.choose(made);
  }

  firstSeen(all) {
    const top = this.pane.getBoundingClientRect().top;
    return Math.max(
      0,
      all.findIndex((made) => made.getBoundingClientRect().bottom > top + 40),
    );
  }

  seen({ target, isIntersecting }) {
    if (isIntersecting) this.fill(target.block);
    else this.empty(target.block);
  }

  async fill(block) {
    if (block.full && block.last >= this.until(block)) return;
    block.filling ??= this.fetchInto(block).finally(() => {
      block.filling = null;
    });
    await block.filling;
  }

  until(block) {
    return Math.min(this.head, (block.number + 1) * BLOCK);
  }

  async fetchInto(block) {
    while (!block.full || block.last < this.until(block)) {
      const from = block.full ? block.last : block.number * BLOCK;
      const told = await this.fetch(from, this.until(block) - from);
      if (!told.events.length) break;
      if (!block.full) {
        block.full = true;
        block.last = from;
      }
      let began = performance.now();
      for (const event of told.events) {
        if (event.seq > this.head) break;
        this.add(block, event);
        if (performance.now() - began > AT_ONCE) {
          await rest();
          began = performance.now();
        }
      }
      block.list.style.height = "";
    }
    if (this.stuck) this.toEnd();
  }

  add(block, event) {
    if (event.seq <= block.last) return;
    block.last = event.seq;
    if (!event.html) return;
    const made = item(event.html);
    made.removeAttribute("id");
    made.dataset.seq = event.seq;
    made.told = event;
    if (event.type === "message.said") {
      made.classList.add("message");
      made.setAttribute("tabindex", "-1");
    }
    this.dress(made, event);
    block.list.append(made);
  }

  empty(block) {
    if (!block.full || block.filling || block.list.contains(document.activeElement)) return;
    block.list.style.height = `${block.list.offsetHeight}px`;
    for (const made of block.list.children) this.left(made);
    block.list.replaceChildren();
    Object.assign(block, { full: false, last: 0 });
  }
}
