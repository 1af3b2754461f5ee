// Small helpers to build the page. Text is always set as text, never as HTML.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "style") node.style.cssText = value;
    else if (key in node && typeof value !== "string") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

export function announce(text) {
  byId("announcer").textContent = text;
}

// Runs `draw` now; while something is pressed, only when it is let go: a button that is replaced
// between press and release gets no click. Of several draws with one key the last is run.
const waiting = new Map();
let pressed = false;

export function whenReleased(key, draw) {
  if (pressed) waiting.set(key, draw);
  else draw();
}

function release() {
  pressed = false;
  const draws = [...waiting.values()];
  waiting.clear();
  draws.forEach((draw) => draw());
}

addEventListener("pointerdown", (event) => { pressed = Boolean(event.target.closest?.("button, a")); }, true);
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => setTimeout(release), true); // after the click that follows
}

const HUES = [18, 205, 265, 145, 330, 48, 180, 90];

export function nameOf(user) {
  return user.global_name || user.username[0].toUpperCase() + user.username.slice(1);
}

export function avatar(user, size = "") {
  if (user.bot) {
    return el("span", { class: `avatar ${size}`, "aria-hidden": "true" },
      el("img", { src: "/page/icon.svg", alt: "" }));
  }
  const hue = HUES[Number(BigInt(user.id) % BigInt(HUES.length))];
  return el("span", {
    class: `avatar ${size}`,
    style: `background: hsl(${hue} 70% 68%)`,
    "aria-hidden": "true",
  }, nameOf(user)[0]);
}

export function clock(text) {
  return new Date(text).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function day(text) {
  return new Date(text).toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" });
}

export function bytes(size) {
  if (size < 1024) return `${size} bytes`;
  if (size < 1 << 20) return `${(size / 1024).toFixed(1)} KB`;
  return `${(size / (1 << 20)).toFixed(2)} MB`;
}

// The sandbox's own address of a file: the stored one names another port after a restart.
export function local(url) {
  try {
    const parsed = new URL(url, location.href);
    return parsed.pathname.startsWith("/cdn/") ? parsed.pathname + parsed.search : url;
  } catch {
    return url;
  }
}

// Arrow keys move through a list of choices; returns a key handler.
export function listKeys(items, { choose, close }) {
  let at = 0;
  const mark = () => items.forEach((item, index) => {
    item.setAttribute("aria-selected", index === at);
    if (index === at) item.scrollIntoView({ block: "nearest" });
  });
  mark();
  return (event) => {
    if (event.key === "ArrowDown") at = (at + 1) % items.length;
    else if (event.key === "ArrowUp") at = (at + items.length - 1) % items.length;
    else if (event.key === "Enter" || event.key === "Tab") choose(items[at], at);
    else if (event.key === "Escape") close();
    else return false;
    event.preventDefault();
    if (event.key.startsWith("Arrow")) mark();
    return true;
  };
}
