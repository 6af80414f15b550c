// Follows rooms: one stream a tab. The browser itself gives the position back after sleep; here only what is told twice
// by a fresh look at the state is passed over. It knows no page.

const KINDS = ["events", "rooms", "chunk", "waits", "gone", "resync"];

/** Follow rooms (and the wall) from a position; `told` is called with (kind, data). Returns what ends it. */
export function follow({ rooms = [], wall = false, after = "" }, told, connected = () => {}) {
  const words = new URLSearchParams();
  for (const room of rooms) words.append("rooms", room);
  if (wall) words.set("wall", "true");
  if (after) words.set("after", after);
  const source = new EventSource(`/api/v1/live?${words}`);
  for (const kind of KINDS) source.addEventListener(kind, (event) => told(kind, JSON.parse(event.data)));
  source.addEventListener("open", () => connected(true));
  source.addEventListener("error", () => connected(false));
  return () => source.close();
}
