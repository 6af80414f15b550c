// Puts numbers, times and states into words. It knows no page.

const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

const GLYPHS = {
  live: "●",
  suspect: "◐",
  closing: "◑",
  draining: "◒",
  paused: "‖",
  ended: "■",
  expired: "□",
  stopped: "⊘",
};
const RESTING = ["paused", "ended", "expired"];

/** Tell whether somebody runs a room and it goes on. */
export const runs = (line) => line.owner !== null && !RESTING.includes(line.phase);

export const count = (number) => whole.format(number);
export const brief = (number) => (number < 10_000 ? whole.format(number) : short.format(number));
export const some = (number, one, many = `${one}s`) => `${whole.format(number)} ${number === 1 ? one : many}`;

/** Give a room's state: its kind (for a colour), a sign and words, so that colour never stands alone. */
export function state(line) {
  const kind = line.stopped ? "stopped" : line.phase;
  const words = line.trouble
    ? `stopped: ${line.trouble}`
    : line.stopped
      ? "left by its process"
      : line.why && line.phase !== "live"
        ? `${line.phase}: ${line.why}`
        : line.phase;
  return { kind, sign: GLYPHS[kind] ?? "○", words };
}

export const dollars = (amount) => `$${amount.toFixed(amount && amount < 0.1 ? 4 : 2)}`;

/** Give what a room or a seat cost; nothing where nothing was spent. */
export function cost(line) {
  return [line.cost ? dollars(line.cost) : "", line.cost_unknown ? "unknown" : ""].filter(Boolean).join(" + ");
}

/** Tell how long ago a moment was. */
export function ago(at) {
  const seconds = Math.max(0, (Date.now() - Date.parse(at)) / 1000);
  if (seconds < 45) return "now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return at.slice(0, 10);
}

/** Give a function that runs once, so many milliseconds after the last call. */
export function later(milliseconds, deed) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => deed(...given), milliseconds);
  };
}
