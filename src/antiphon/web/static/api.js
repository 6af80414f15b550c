// Asks the server: every verb is one call, every refusal an Error with the server's own words. It knows no page.

const BASE = "/api/v1";

export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

async function ask(method, path, { query, body } = {}) {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of [value].flat()) if (one !== undefined && one !== null && one !== "") words.append(name, one);
  }
  const options = { method, credentials: "same-origin", headers: {} };
  if (body instanceof Blob) {
    options.body = body;
    options.headers["content-type"] = "application/octet-stream";
  } else if (method !== "GET" && method !== "DELETE") {
    options.body = JSON.stringify(body ?? {});
    options.headers["content-type"] = "application/json";
  }
  const response = await fetch(`${BASE}${path}${words.size ? `?${words}` : ""}`, options);
  const told = await response.json();
  if (!response.ok) throw new Refused(response.status, told.detail ?? response.statusText);
  return told;
}

/** Write a path of names; each is one part, whatever it holds. */
export const path = (...parts) => "/" + parts.map(encodeURIComponent).join("/");

export const get = (where, query) => ask("GET", where, { query });
export const post = (where, body, query) => ask("POST", where, { body, query });
export const put = (where, body) => ask("PUT", where, { body });
export const remove = (where, query) => ask("DELETE", where, { query });
