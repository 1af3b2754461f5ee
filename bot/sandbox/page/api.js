// What the page asks of the sandbox, and the stream of what happens in it.

export class Refused extends Error {}

const AWAY = "The sandbox doesn't answer. Start it again, then try once more: what you typed is still here.";

// A browser's own words for a server that is away ("Failed to fetch") help nobody.
async function reach(path, options) {
  try {
    return await fetch(`/sandbox${path}`, options);
  } catch {
    throw new Refused(AWAY);
  }
}

async function ask(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  const response = await reach(path, options);
  const answer = await response.json().catch(() => ({ error: response.statusText }));
  if (!response.ok) throw new Refused(answer.error);
  return answer;
}

export const get = (path) => ask("GET", path);
export const post = (path, body) => ask("POST", path, body);
export const patch = (path, body) => ask("PATCH", path, body);
export const put = (path, body) => ask("PUT", path, body);
export const remove = (path) => ask("DELETE", path);

export async function upload(file, channel) {
  const query = new URLSearchParams({ filename: file.name, channel });
  const response = await reach(`/upload?${query}`, { method: "POST", body: file });
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer.error);
  return answer;
}

const EVENTS = [
  "HELLO", "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_REACTION_ADD",
  "MESSAGE_REACTION_REMOVE", "THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE", "CHANNEL_CREATE",
  "CHANNEL_UPDATE", "CHANNEL_DELETE", "TYPING_START", "COMMANDS", "BOT_PRESENCE", "API_CALL", "GATEWAY",
  "GUILD_MEMBER_ADD",
];

// Calls handler(event name, data); "HELLO" comes first and after each reconnect, "LOST" between.
export function listen(viewer, handler) {
  const source = new EventSource(`/sandbox/stream?user=${viewer}`);
  for (const name of EVENTS) {
    source.addEventListener(name, (event) => handler(name, JSON.parse(event.data)));
  }
  source.onerror = () => handler("LOST", {});
  return source;
}
